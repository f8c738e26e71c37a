using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>Both sides have signed; the funding transaction is not deep enough yet.</summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="RemoteReady">The peer's channel_ready, where it came already.</param>
public sealed record WaitForFundingConfirmed(
    ChannelCommitments Commitments,
    TransientState Transient,
    DurableEvent.ChannelReadyReceived? RemoteReady) : FundedState(Commitments, Transient)
{
    // A coinbase can be spent after 100 blocks, and be reorganized away with all that spends it.
    private const uint CoinbaseMaturity = 100;

    internal static WaitForFundingConfirmed After(UnfundedState before, DurableEvent.FundingAccepted accepted) => new(
        ChannelCommitments.Create(
            accepted.Parameters, accepted.Funding, accepted.Push, accepted.Feerate, accepted.RemoteFirstPoint, accepted.Signature, before.Outgoing),
        TransientState.None,
        RemoteReady: null)
    {
        FundingAwaitedSince = accepted.BlockHeight,
    };

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ChannelReadyReceived ready => this with { RemoteReady = ready, Commitments = Commitments with { RemoteNextPoint = ready.SecondPoint } },
        DurableEvent.FundingConfirmed confirmed => AfterConfirmation(confirmed),
        DurableEvent.ShutdownSent or DurableEvent.ShutdownReceived => ShuttingDown.After(this, happened),
        _ => null,
    };

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        switch (message)
        {
            case ChannelReady ready:
                if (RemoteReady is null) turn.Record(new DurableEvent.ChannelReadyReceived(ready.SecondPerCommitmentPoint, ready.Alias));
                break;
            case Shutdown shutdown:
                MutualClosing.ReceiveShutdown(turn, this, shutdown);
                break;
            default:
                Unexpected(turn, message);
                break;
        }
    }

    private protected override void OnFundingConfirmed(Turn turn, ChannelCommand.FundingConfirmed confirmed)
    {
        var transaction = confirmed.Transaction;
        if (transaction.TxId != Commitments.Latest.Funding.OutPoint.TxId || FundingWait.Refuse(turn, this, transaction)) return;
        if (transaction.IsCoinbase && turn.Environment.BlockHeight + 1 < confirmed.BlockHeight + CoinbaseMaturity)
        {
            Watching.FundingDepth(turn, Commitments, CoinbaseMaturity);
            return;
        }

        turn.Record(new DurableEvent.FundingConfirmed(confirmed.BlockHeight, confirmed.TransactionIndex));
        if (Link.IsOnline) turn.Send(WaitForChannelReady.Message(this, turn.Signer));
        if (turn.State is Normal normal) normal.Report(turn);
    }

    // funding_signed has not left: the opener publishes nothing.
    private protected override void OnAbortOpening(Turn turn, ChannelCommand.AbortOpening abort)
    {
        if (Parameters.IsInitiator) return;
        turn.Record(new DurableEvent.ChannelClosed(CloseReason.FundingFailed));
        if (abort.TellPeer) turn.Send(new Error(ChannelId, "The channel cannot be opened now."));
        turn.Act(new ChannelAction.ReportClosed(CloseReason.FundingFailed));
    }

    private protected override void OnCloseMutual(Turn turn, ChannelCommand.CloseMutual close) => MutualClosing.Begin(turn, this, close);

    internal override void Resume(Turn turn) => Watching.Funding(turn, this);

    private FundedState AfterConfirmation(DurableEvent.FundingConfirmed confirmed)
    {
        var place = FundingWait.PlaceOf(Commitments, confirmed);
        var transient = Transient with { Audit = FundingStatus.Unspent };
        var commitments = Commitments with { FundedAt = confirmed.BlockHeight };
        return RemoteReady is { } ready ? new Normal(commitments, transient, place, ready.Alias) : new WaitForChannelReady(commitments, transient, place);
    }
}
