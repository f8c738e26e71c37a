using System.Collections.Immutable;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>One decision in the making: events are applied as they are recorded, so that what follows sees the state they lead to.</summary>
internal sealed class Turn(ChannelState state, IChannelSigner signer, ChannelEnvironment environment)
{
    private readonly ImmutableArray<ChannelEvent>.Builder _events = ImmutableArray.CreateBuilder<ChannelEvent>();
    private readonly ImmutableArray<ChannelAction>.Builder _actions = ImmutableArray.CreateBuilder<ChannelAction>();
    private ImmutableArray<ChannelAction>.Builder? _atOnce;

    public ChannelState State { get; private set; } = state;

    public IChannelSigner Signer { get; } = signer;

    public ChannelEnvironment Environment { get; } = environment;

    public ChannelConfig Config => Environment.Config;

    public bool HasDurable { get; private set; }

    public void Record(ChannelEvent happened)
    {
        State = State.Apply(happened);
        _events.Add(happened);
        HasDurable |= happened.IsDurable;
    }

    public void Act(ChannelAction action) => _actions.Add(action);

    /// <summary>What this decision publishes no more, though it was about to.</summary>
    public void Withdraw(TxId transaction) => _actions.RemoveAll(action => action is ChannelAction.Publish publish && publish.Transaction.TxId == transaction);

    /// <summary>For what proves itself (a preimage): done before the write.</summary>
    public void ActAtOnce(ChannelAction action) => (_atOnce ??= ImmutableArray.CreateBuilder<ChannelAction>()).Add(action);

    public void Send(LightningMessage message) => Act(new ChannelAction.Send(message));

    public void Done(ChannelCommand command) => Act(new ChannelAction.CommandDone(command));

    public void Refuse(ChannelCommand command, CommandRefusal reason, string detail) => Act(new ChannelAction.CommandRefused(command, reason, detail));

    public Decision ToDecision() => new(_events.DrainToImmutable(), _atOnce?.DrainToImmutable() ?? [], _actions.DrainToImmutable(), State);
}
