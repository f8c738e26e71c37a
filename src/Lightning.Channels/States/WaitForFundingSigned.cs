using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>Opener: funding_created was sent; the funding transaction is kept back until the peer has signed.</summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="FundingTransaction">Signed, not published.</param>
/// <param name="SinceHeight">Height at which the channel was funded.</param>
public sealed record WaitForFundingSigned(ChannelCommitments Commitments, TransientState Transient, Transaction FundingTransaction, uint SinceHeight)
    : FundedState(Commitments, Transient)
{
    internal static WaitForFundingSigned After(UnfundedState before, DurableEvent.FundingCreated created) => new(
        ChannelCommitments.Create(created.Parameters, created.Funding, created.Push, created.Feerate, created.RemoteFirstPoint, signature: null, before.Outgoing),
        TransientState.None,
        created.Transaction,
        created.BlockHeight);

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened is DurableEvent.FundingSigned signed
        ? new WaitForFundingConfirmed(
            Commitments with { Active = [Commitments.Latest with { LocalSignatures = new CommitmentSignatures(signed.Signature, []) }] },
            Transient with { Command = null },
            RemoteReady: null)
        {
            UnconfirmedFunding = FundingTransaction,
            FundingAwaitedSince = SinceHeight,
        }
        : null;

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        if (message is not FundingSigned signed)
        {
            if (message is Shutdown) Forget(turn, "shutdown before the channel is funded.", tellPeer: true);
            else Unexpected(turn, message);
            return;
        }

        if (!Commitments.CurrentLocal(turn.Signer).VerifyCommitmentSignature(signed.Signature))
        {
            Forget(turn, "The signature of funding_signed is not valid.", tellPeer: true);
            return;
        }

        var command = Transient.Command;
        turn.Record(new DurableEvent.FundingSigned(signed.Signature));
        Watching.Funding(turn, Current(turn));
        if (command is not null) turn.Done(command);
    }

    internal override void Resume(Turn turn)
    {
        if (turn.Environment.Guarded) Watching.Funding(turn, this);
    }

    // The funding transaction was never published: nothing is lost by forgetting the channel, as BOLT 2 asks.
    private protected override void OnDisconnected(Turn turn) => Forget(turn, "The connection was lost.", tellPeer: false);

    // The peer has signed, perhaps, and waits for a funding transaction.
    private protected override void OnConnected(Turn turn)
    {
        if (turn.Environment.Guarded) base.OnConnected(turn);
        else Forget(turn, "The connection was lost before funding_signed.", tellPeer: true);
    }

    // Only an old copy comes to this: the channel was funded without it, and what the peer signed is not in it.
    private protected override void OnReestablished(Turn turn)
    {
        turn.Record(new DurableEvent.StateLost(Proven: false, RemoteCommitmentNumber: 0));
        ((WaitForRemoteClose)turn.State).AskPeerToClose(turn);
    }

    // A recovered channel has no connection: it ends with its first write.
    private protected override void OnBlock(Turn turn)
    {
        if (Link.Status == LinkStatus.Offline) Forget(turn, "The connection was lost.", tellPeer: false);
    }

    private protected override void OnError(Turn turn, Error error) => Forget(turn, $"The peer refused: {error.Text}", tellPeer: false);

    private protected override void OnForceClose(Turn turn, ChannelCommand.ForceClose force)
    {
        if (turn.Environment.Guarded)
        {
            base.OnForceClose(turn, force);
            return;
        }

        Forget(turn, "The opening was cancelled.", tellPeer: true);
        turn.Done(force);
    }

    // funding_created has not left: the peer knows the channel by its first id.
    private protected override void OnAbortOpening(Turn turn, ChannelCommand.AbortOpening abort)
    {
        if (abort.TellPeer) turn.Send(new Error(Parameters.TemporaryId, "The channel cannot be opened now."));
        Forget(turn, abort.Reason, tellPeer: false, CommandRefusal.WrongState);
    }

    private void Forget(Turn turn, string reason, bool tellPeer, CommandRefusal refusal = CommandRefusal.PeerFailed)
    {
        // An old copy may lack that the peer has signed and the channel was funded: its whole balance would be forgotten.
        if (turn.Environment.Guarded) return;
        var command = Transient.Command;
        if (tellPeer) turn.Send(new Error(ChannelId, reason));
        turn.Record(new DurableEvent.ChannelClosed(CloseReason.FundingFailed));
        turn.Act(new ChannelAction.ReleaseFunding(FundingTransaction));
        if (command is not null) turn.Refuse(command, refusal, reason);
        turn.Act(new ChannelAction.ReportClosed(CloseReason.FundingFailed));
    }
}
