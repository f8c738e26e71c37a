using Akka.Actor;
using Akka.Persistence;
using Lightning.Actors.Entities;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Actors.Channels;

/// <summary>
/// Replays a channel's journal up to a revoked commitment, tells the channel what that held, and stops. Only reads: the state of a
/// channel does not keep old commitments, which are needed only when a peer cheats.
/// </summary>
internal sealed class RevokedCommitmentReader : UntypedPersistentActor
{
    private readonly LocalChannelKey _key;
    private readonly ulong _number;
    private readonly IActorRef _channel;
    private ChannelState _state = ChannelState.Empty;
    private CommitmentSpec? _found;

    /// <summary>For one commitment.</summary>
    public RevokedCommitmentReader(LocalChannelKey key, ulong number, IActorRef channel)
    {
        _key = key;
        _number = number;
        _channel = channel;
        PersistenceId = ChannelActor.PersistenceIdOf(key);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public override Recovery Recovery => new(SnapshotSelectionCriteria.None);

    /// <summary>For one commitment.</summary>
    public static Props Props(LocalChannelKey key, ulong number, IActorRef channel) => ActorProps.Of<RevokedCommitmentReader>(key, number, channel);

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted)
        {
            if (_found is { } spec) _channel.Tell(new ChannelRequest(_key, new ChannelCommand.RevokedCommitmentFound(_number, spec)));
            Context.Stop(Self);
        }
        else if (_found is null && message is DurableEvent or OwnershipTaken)
        {
            _state = _state.Apply(message as DurableEvent ?? new DurableEvent.OwnershipTaken());
            if (_state is FundedState funded && funded.Commitments.RemoteNumber == _number) _found = funded.Commitments.Latest.RemoteSpec;
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        // It has stopped by now; it takes no commands.
    }
}
