using Lightning.Channels.Actions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>A state in which both nodes exchange commitments.</summary>
public abstract record OperatingState(ChannelCommitments Commitments, TransientState Transient) : FundedState(Commitments, Transient)
{
    internal override bool CanUpdate => true;

    /// <inheritdoc/>
    internal override void Conclude(Turn turn)
    {
        CommitmentExchange.Sign(turn);
        base.Conclude(turn);
    }

    /// <inheritdoc/>
    internal override void Resume(Turn turn)
    {
        Watching.Funding(turn, this);
        if (AsksForFunding) Watching.Audit(turn, Commitments);
        Watching.Results(turn, Commitments);
    }

    /// <inheritdoc/>
    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.CommitmentSent sent => this with { Commitments = Commitments.Apply(sent), Transient = Transient with { Proposed = [] } },
        DurableEvent.CommitmentReceived received => this with { Commitments = Commitments.Apply(received), Transient = Transient.DropPreimages(received) with { Received = [] } },
        DurableEvent.RevocationReceived received => this with { Commitments = Commitments.Apply(received) },
        _ => null,
    };

    /// <inheritdoc/>
    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        switch (message)
        {
            case IUpdateMessage update:
                CommitmentExchange.ReceiveUpdate(turn, this, update);
                break;
            case CommitmentSigned signed:
                CommitmentExchange.ReceiveCommitment(turn, this, signed);
                break;
            case RevokeAndAck revocation:
                CommitmentExchange.ReceiveRevocation(turn, this, revocation);
                break;
            case ChannelReady ready:
                // Again after a reconnection, or with another alias; or for the first time, where the close began before it: HTLCs may still follow.
                if (Commitments.RemoteNextPoint is null) turn.Record(new DurableEvent.ChannelReadyReceived(ready.SecondPerCommitmentPoint, ready.Alias));
                break;
            default:
                Unexpected(turn, message);
                break;
        }
    }

    /// <inheritdoc/>
    private protected override void OnUpdateFee(Turn turn, ChannelCommand.UpdateFee fee)
    {
        if (!Parameters.IsInitiator) turn.Refuse(fee, CommandRefusal.NotTheOpener, "Only the opener of a channel changes its feerate.");
        else if (!Link.IsOnline) turn.Refuse(fee, CommandRefusal.Offline, "There is no connection to the peer.");
        else if (fee.Feerate < FeeratePerKw.Floor) turn.Refuse(fee, CommandRefusal.Invalid, $"{fee.Feerate} is not relayed.");
        else if (!OfferRules.CanPay(this, fee.Feerate, turn.Config)) turn.Refuse(fee, CommandRefusal.InsufficientBalance, $"The balance does not pay {fee.Feerate}, or too much would be lost to dust.");
        else
        {
            if (fee.Feerate != Commitments.Latest.LatestRemoteSpec.Feerate) turn.Record(new TransientEvent.UpdateProposed(new CommitmentUpdate.Fee(fee.Feerate), Origin: null));
            turn.Done(fee);
        }
    }

    /// <inheritdoc/>
    private protected override void OnBlock(Turn turn)
    {
        // Its funding transaction may be mined again, or the reorganisation that took it away be over.
        if (!Transient.IsAudited && Transient.Audit is not null && AsksForFunding) Watching.Audit(turn, Commitments);
        MeetDeadlines(turn);
        (turn.State as OperatingState)?.Reprice(turn);
    }

    /// <inheritdoc/>
    private protected override void OnFundingChecked(Turn turn, ChannelCommand.FundingChecked check)
    {
        var served = Serves(turn);
        base.OnFundingChecked(turn, check);
        var now = (OperatingState)turn.State;
        if (!served && now.Serves(turn)) Watching.Incoming(turn, Commitments);
        now.MeetDeadlines(turn);
    }

    /// <inheritdoc/>
    private protected override void OnFundingConfirmed(Turn turn, ChannelCommand.FundingConfirmed confirmed)
    {
        var served = Serves(turn);
        base.OnFundingConfirmed(turn, confirmed);
        if (!served && turn.State is OperatingState now && now.Serves(turn)) Watching.Incoming(turn, Commitments);
    }

    /// <inheritdoc/>
    private protected override void OnReestablished(Turn turn)
    {
        if (!Serves(turn) || !turn.Environment.Guarded) return;
        Watching.Incoming(turn, Commitments);
    }

    /// <summary>
    /// Whether incoming HTLCs are handed over: the funding output is there, and the state is not an old copy, in which an HTLC may be that has been settled since. Who passed it on would pay alone.
    /// </summary>
    internal bool Serves(Turn turn) => Transient.IsAudited && (!turn.Environment.Guarded || Transient.HasReestablished);

    // Without the chain's word a recovered channel that has served serves nobody; one that never did waits for its funding anyway.
    private bool AsksForFunding => FundingAwaitedSince is null || this is Normal;

    private void MeetDeadlines(Turn turn)
    {
        if (Deadlines.Passed(this, turn.Environment) is { } passed && passed.IsDue(this, turn.Environment.BlockHeight))
            ForceClosing.Start(turn, this, CloseReason.HtlcDeadline, passed.Reason, sendError: true);
    }

    // The opener follows the estimate where it moved far enough.
    private void Reprice(Turn turn)
    {
        if (!Parameters.IsInitiator || !Link.IsOnline || (this is not Normal && Commitments.IsQuiet)) return;
        var current = Commitments.Latest.LatestRemoteSpec.Feerate.Value;
        var wanted = FeeratePolicy.Wanted(Parameters.Type, turn.Environment);
        if (wanted.Value * 4L > current * 5L || wanted.Value * 2L < current)
        {
            if (OfferRules.CanPay(this, wanted, turn.Config)) turn.Record(new TransientEvent.UpdateProposed(new CommitmentUpdate.Fee(wanted), Origin: null));
        }
    }
}
