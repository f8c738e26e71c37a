using Lightning.Channels.Actions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <content>The commands that mean the same in all funded states.</content>
public abstract partial record FundedState
{
    // Forgetting finished adds costs a write: only when it is worth one.
    private const int PruneFrom = 64;

    /// <inheritdoc/>
    internal sealed override void Handle(Turn turn, ChannelCommand command)
    {
        switch (command)
        {
            case ChannelCommand.OwnershipTaken:
                turn.Record(new DurableEvent.OwnershipTaken());
                turn.State.Resume(turn);
                break;
            case ChannelCommand.Connected connected:
                Lose(turn);
                turn.Record(new DurableEvent.Connected(connected.Connection, connected.Epoch, connected.Features));
                Current(turn).OnConnected(turn);
                break;
            case ChannelCommand.Disconnected disconnected when Link.Status != LinkStatus.Offline && Link.Connection == disconnected.Connection:
                Lose(turn);
                Current(turn).OnDisconnected(turn);
                break;
            case ChannelCommand.Disconnected:
                break;
            case ChannelCommand.PeerMessages messages:
                foreach (var message in messages.Messages)
                {
                    // A message may end the connection, or the channel: what follows it is void.
                    if (turn.State is not FundedState now || now.Link.Status == LinkStatus.Offline || now.Link.Connection != messages.Connection) break;
                    now.Receive(turn, message);
                }

                break;
            case ChannelCommand.NewBlock:
                if (Commitments.Outgoing.CountPrunable(turn.Environment.BlockHeight) >= PruneFrom) turn.Record(new DurableEvent.OriginsPruned(turn.Environment.BlockHeight));
                Current(turn).OnBlock(turn);
                FundingWait.Look(turn);
                EarlyFailures.Look(turn);
                break;
            case ChannelCommand.AddHtlc add:
                HtlcCommands.Add(turn, this, add);
                break;
            case ChannelCommand.SettleHtlc settle:
                HtlcCommands.Settle(turn, this, settle);
                break;
            case ChannelCommand.FixForward forward:
                HtlcCommands.FixForward(turn, this, forward);
                break;
            case ChannelCommand.AcknowledgeResult acknowledge:
                HtlcCommands.Acknowledge(turn, this, acknowledge);
                break;
            case ChannelCommand.FundingMade made when Commitments.Active.Items.Any(one => one.Funding.OutPoint.TxId == made.Transaction.TxId):
                // The wallet repeats itself: the coins are this funding's.
                break;
            case ChannelCommand.FundingMade made:
                turn.Act(new ChannelAction.ReleaseFunding(made.Transaction));
                break;
            case ChannelCommand.FundingFailed:
                break;
            case ChannelCommand.FundingConfirmed confirmed:
                OnFundingConfirmed(turn, confirmed);
                break;
            case ChannelCommand.FundingSpent { BlockHeight: 0 } seen:
                OnFundingSpendSeen(turn, seen.Transaction);
                break;
            case ChannelCommand.FundingSpent spent:
                OnFundingSpent(turn, spent);
                break;
            case ChannelCommand.OutputSpent spent:
                OnOutputSpent(turn, spent);
                break;
            case ChannelCommand.SpendUndone undone:
                OnSpendUndone(turn, undone);
                break;
            case ChannelCommand.FundingChecked check:
                OnFundingChecked(turn, check);
                FundingWait.Answer(turn, check);
                break;
            case ChannelCommand.PublishAnswered answered:
                OnPublishAnswered(turn, answered);
                break;
            case ChannelCommand.ClaimFunded funded:
                OnClaimFunded(turn, funded);
                break;
            case ChannelCommand.ClaimNotFunded refused:
                OnClaimNotFunded(turn, refused);
                break;
            case ChannelCommand.SweepScriptGiven given:
                OnSweepScriptGiven(turn, given);
                break;
            case ChannelCommand.RevokedCommitmentFound found:
                OnRevokedCommitmentFound(turn, found);
                break;
            case ChannelCommand.FundingUndone undone:
                FundingWait.Undone(turn, undone.Funding);
                break;
            case ChannelCommand.CloseMutual close:
                OnCloseMutual(turn, close);
                break;
            case ChannelCommand.ForceClose force:
                OnForceClose(turn, force);
                break;
            case ChannelCommand.UpdateFee fee:
                OnUpdateFee(turn, fee);
                break;
            case ChannelCommand.SetPolicy set:
                OnSetPolicy(turn, set);
                break;
            case ChannelCommand.Review:
                // Looked at after every command.
                break;
            case ChannelCommand.AbortOpening abort:
                OnAbortOpening(turn, abort);
                break;
            default:
                turn.Refuse(command, CommandRefusal.WrongState, "The channel exists already.");
                break;
        }
    }

    /// <inheritdoc/>
    internal override void Conclude(Turn turn)
    {
        Announcements.Look(turn);
        ChannelUpdates.Look(turn);
        if (!turn.HasDurable) return;
        // What waited for a write rides on this one.
        var now = Current(turn);
        if (!now.Transient.Preimages.IsEmpty) turn.Record(new DurableEvent.PreimagesLearned(now.Transient.Preimages));
        if (!now.Transient.Acknowledged.IsEmpty) turn.Record(new DurableEvent.ResultsAcknowledged(now.Transient.Acknowledged));
    }

    /// <summary>The state that the turn has come to; still a funded one.</summary>
    private protected static FundedState Current(Turn turn) => (FundedState)turn.State;

    /// <summary>There is a new connection; its event is recorded.</summary>
    private protected virtual void OnConnected(Turn turn) => turn.Send(Reestablishment.Message(Commitments, turn.Signer));

    /// <summary>The connection is gone; what it carried is settled.</summary>
    private protected virtual void OnDisconnected(Turn turn)
    {
    }

    /// <summary>A message of the peer that is neither error nor warning nor channel_reestablish, on a reestablished connection.</summary>
    private protected virtual void OnMessage(Turn turn, LightningMessage message) => Unexpected(turn, message);

    /// <summary>The peer's channel_reestablish fits: what it lacks was sent again.</summary>
    private protected virtual void OnReestablished(Turn turn)
    {
    }

    /// <summary>A new block.</summary>
    private protected virtual void OnBlock(Turn turn)
    {
    }

    /// <summary>The funding transaction is deep enough.</summary>
    private protected virtual void OnFundingConfirmed(Turn turn, ChannelCommand.FundingConfirmed confirmed)
    {
        if (FundingAwaitedSince is null || confirmed.Transaction.TxId != Commitments.Latest.Funding.OutPoint.TxId || FundingWait.Refuse(turn, this, confirmed.Transaction)) return;
        var isNews = MayNeverBeFunded;
        turn.Record(new DurableEvent.FundingConfirmed(confirmed.BlockHeight, confirmed.TransactionIndex));
        if (isNews) Current(turn).OnFunded(turn);
    }

    /// <summary>The peer's funding transaction was seen: what spends it, and was kept back, is published.</summary>
    private protected virtual void OnFunded(Turn turn)
    {
    }

    /// <summary>A mutual close is asked for.</summary>
    private protected virtual void OnCloseMutual(Turn turn, ChannelCommand.CloseMutual close) =>
        turn.Refuse(close, CommandRefusal.WrongState, $"The channel is {GetType().Name}.");

    /// <summary>A force close is asked for.</summary>
    private protected virtual void OnForceClose(Turn turn, ChannelCommand.ForceClose force)
    {
        if (turn.Environment.Guarded)
        {
            turn.Refuse(force, CommandRefusal.WrongState, "The channel's state may be old: it is closed once the peer has shown that it is not.");
            return;
        }

        if (Transient.MutualClose is not null)
        {
            turn.Refuse(force, CommandRefusal.WrongState, "A closing transaction is in a block: the channel is over once that is deep enough.");
            return;
        }

        ForceClosing.Start(turn, this, CloseReason.Requested, "The operator closed the channel.", sendError: true);
        turn.Done(force);
    }

    /// <summary>Another feerate is asked for.</summary>
    private protected virtual void OnUpdateFee(Turn turn, ChannelCommand.UpdateFee fee) =>
        turn.Refuse(fee, CommandRefusal.WrongState, $"The channel is {GetType().Name}.");

    /// <summary>Other terms for forwards are asked for.</summary>
    private protected virtual void OnSetPolicy(Turn turn, ChannelCommand.SetPolicy set) =>
        turn.Refuse(set, CommandRefusal.WrongState, $"The channel is {GetType().Name}.");

    /// <summary>The opening is given up; nothing that commits this node has left, nor will.</summary>
    private protected virtual void OnAbortOpening(Turn turn, ChannelCommand.AbortOpening abort)
    {
    }

    /// <summary>The funding output is spent in a block.</summary>
    private protected virtual void OnFundingSpent(Turn turn, ChannelCommand.FundingSpent spent) => ForceClosing.FundingSpent(turn, this, spent.Transaction, spent.BlockHeight);

    /// <summary>A watched output of a commitment or HTLC transaction is spent, in a block or in the mempool.</summary>
    private protected virtual void OnOutputSpent(Turn turn, ChannelCommand.OutputSpent spent)
    {
    }

    /// <summary>A spend that was told is undone by a reorganisation.</summary>
    private protected virtual void OnSpendUndone(Turn turn, ChannelCommand.SpendUndone undone)
    {
    }

    /// <summary>A transaction that spends the funding output waits in the mempool: it has ended nothing yet.</summary>
    private protected virtual void OnFundingSpendSeen(Turn turn, Bitcoin.Transactions.Transaction transaction)
    {
    }

    /// <summary>How the funding output, or another that was asked for, stands on chain.</summary>
    private protected virtual void OnFundingChecked(Turn turn, ChannelCommand.FundingChecked check)
    {
        if (Commitments.Active.Items.Any(one => one.Funding.OutPoint == check.Funding)) turn.Record(new TransientEvent.FundingAudited(check.Status));
        else if (check.Status == FundingStatus.Unspent && !Transient.Unspent.Items.Contains(check.Funding)) turn.Record(new TransientEvent.OutputUnspent(check.Funding));
        EarlyFailures.Look(turn);
    }

    /// <summary>How the network takes a transaction of the channel's.</summary>
    private protected virtual void OnPublishAnswered(Turn turn, ChannelCommand.PublishAnswered answered)
    {
    }

    /// <summary>The wallet added coins to a claim.</summary>
    private protected virtual void OnClaimFunded(Turn turn, ChannelCommand.ClaimFunded funded) => turn.Act(new ChannelAction.ReleaseClaimCoins(funded.Number));

    /// <summary>The wallet has no coins for a claim.</summary>
    private protected virtual void OnClaimNotFunded(Turn turn, ChannelCommand.ClaimNotFunded refused)
    {
    }

    /// <summary>The wallet gave a script for this node's money.</summary>
    private protected virtual void OnSweepScriptGiven(Turn turn, ChannelCommand.SweepScriptGiven given)
    {
    }

    /// <summary>What a revoked commitment held was found.</summary>
    private protected virtual void OnRevokedCommitmentFound(Turn turn, ChannelCommand.RevokedCommitmentFound found)
    {
    }

    /// <summary>The peer sent an error: the channel cannot go on (BOLT 1).</summary>
    private protected virtual void OnError(Turn turn, Error error)
    {
        // A peer that knows the closing transaction may have forgotten the channel, and say so.
        if (!HasClosingTransaction) ForceClosing.Start(turn, this, CloseReason.PeerError, $"The peer sent an error: {error.Text}", sendError: false);
    }

    /// <summary>Whether the channel takes adds now; why not otherwise.</summary>
    internal virtual AddRefusal? AddsRefused => AddRefusal.NotOpen;

    /// <summary>Whether this node's state is known to be old: adds that it does not know may have been made.</summary>
    internal virtual bool HasLostState => false;

    /// <summary>Whether the peer's channel_reestablish is compared with this node's numbers.</summary>
    internal virtual bool Reestablishes => true;

    /// <summary>Whether channel_ready was sent, so that a peer that may lack it gets it again.</summary>
    internal virtual bool HasSentChannelReady => false;

    /// <summary>Whether both sides have signed a closing transaction: it ends the channel, and no force close may compete with it unless the operator asks for one.</summary>
    internal virtual bool HasClosingTransaction => false;

    /// <summary>Whether this node has ever signed a closing transaction: before that none can be one.</summary>
    internal virtual bool HasNegotiated => false;

    /// <summary>Whether updates may be sent: settlements in any case, adds where <see cref="AddsRefused"/> is null.</summary>
    internal virtual bool CanUpdate => false;

    /// <summary>Tells the peer what is wrong and closes the connection: a new one starts from what both have signed.</summary>
    internal void Warn(Turn turn, string text)
    {
        turn.Send(new Warning(ChannelId, text));
        turn.Act(new ChannelAction.Disconnect(text));
        Lose(turn);
        Current(turn).OnDisconnected(turn);
    }

    private protected void Unexpected(Turn turn, LightningMessage message)
    {
        // Unknown odd messages and gossip are nobody's fault.
        if (message is IChannelMessage) Warn(turn, $"{message.GetType().Name} is not expected in state {GetType().Name}.");
    }

    internal void Receive(Turn turn, LightningMessage message)
    {
        switch (message)
        {
            case Error error:
                OnError(turn, error);
                break;
            case Warning:
                break;
            case ChannelReestablish reestablish:
                // Again, or where nothing is left to go on with: a state that ends the channel is never given up for what a peer claims.
                if (Link.Status != LinkStatus.Reestablishing || !Reestablishes) break;
                if (Reestablishment.Receive(turn, this, reestablish)) Current(turn).OnReestablished(turn);
                break;
            case AnnouncementSignatures signatures:
                // Judged in its time: the peer may have seen a block, or this node's channel_ready, earlier.
                if (Link.IsOnline) turn.Record(new TransientEvent.AnnouncementHeard(signatures));
                break;
            default:
                // Before its channel_reestablish a peer has nothing to say.
                if (Link.IsOnline) OnMessage(turn, message);
                break;
        }
    }

    // What was never signed is undone. Adds get their answer, settlements and preimages are kept.
    private void Lose(Turn turn)
    {
        if (Link.Status == LinkStatus.Offline) return;
        HtlcCommands.Unpropose(turn, this, AddRefusal.Offline);
        turn.Record(new TransientEvent.ConnectionLost());
    }
}
