using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>A channel whose funding is not fixed: nothing binds this node, and a crash forgets it.</summary>
/// <param name="Outgoing">Adds refused so far.</param>
public abstract record UnfundedState(OutgoingLedger Outgoing) : ChannelState
{
    /// <inheritdoc/>
    public override ChannelParameters? Parameters => null;

    /// <inheritdoc/>
    public override ChannelId? Id => null;

    /// <inheritdoc/>
    public override ChannelLink Link => ChannelLink.Offline;

    /// <summary>What an event does in this state only.</summary>
    private protected virtual ChannelState? AfterHere(ChannelEvent happened) => null;

    private protected sealed override ChannelState? After(ChannelEvent happened) => AfterHere(happened) ?? happened switch
    {
        // What was agreed in memory is gone with the incarnation that agreed to it.
        DurableEvent.OwnershipTaken => new NoChannel(Outgoing),
        DurableEvent.AddRefused refused => this with { Outgoing = Outgoing.Refuse(refused.Origin, refused.Reason, refused.RefuseFrom) },
        DurableEvent.OriginsPruned pruned => this with { Outgoing = Outgoing.Prune(pruned.BlockHeight) },
        TransientEvent.OpenAborted => new Aborted(Outgoing),
        _ => null,
    };

    /// <summary>A command of this state; false where it does not fit.</summary>
    private protected virtual bool HandleHere(Turn turn, ChannelCommand command) => false;

    /// <inheritdoc/>
    internal sealed override void Handle(Turn turn, ChannelCommand command)
    {
        if (HandleHere(turn, command)) return;
        switch (command)
        {
            case ChannelCommand.OwnershipTaken:
                turn.Record(new DurableEvent.OwnershipTaken());
                break;
            case ChannelCommand.AddHtlc add when Outgoing.Find(add.Origin) is { } known:
                HtlcCommands.Answer(turn, known);
                break;
            case ChannelCommand.AddHtlc add:
                HtlcCommands.Refuse(turn, new AddOrigin(add.Origin, add.RefuseFrom), AddRefusal.NotOpen);
                break;
            case ChannelCommand.FundingMade made:
                turn.Act(new ChannelAction.ReleaseFunding(made.Transaction));
                break;
            case ChannelCommand.OpenAsInitiator or ChannelCommand.AcceptOpen or ChannelCommand.CloseMutual or ChannelCommand.ForceClose or ChannelCommand.UpdateFee:
                turn.Refuse(command, CommandRefusal.WrongState, $"The channel is {GetType().Name}.");
                break;
            default:
                // Nothing to lose, nothing to say.
                break;
        }
    }
}
