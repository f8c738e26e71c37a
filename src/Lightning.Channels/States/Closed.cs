using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>The channel is over. It only repeats results that their origins do not have yet.</summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="Reason">How it ended.</param>
public sealed record Closed(ChannelCommitments Commitments, TransientState Transient, CloseReason Reason) : FundedState(Commitments, Transient)
{
    /// <summary>The mutual close that was confirmed; null where the channel ended otherwise.</summary>
    public Bitcoin.Transactions.Transaction? ClosingTransaction { get; init; }

    /// <summary>Height of the block of <see cref="ClosingTransaction"/>; 0 without one.</summary>
    public uint ConfirmedAt { get; init; }

    /// <summary>Height of the best block when it ended; 0 where there is nothing on chain to watch any more.</summary>
    public uint FinalAt { get; init; }

    /// <summary>What it was when it ended, for a reorganisation that undoes that; null where none can.</summary>
    public FundedState? Before { get; init; }

    /// <inheritdoc/>
    public override bool IsFinal => true;

    /// <summary>Whether no reorganisation is reckoned with any more: nothing need be watched.</summary>
    /// <param name="height">Height of the best block.</param>
    /// <param name="config">How long a closed channel is watched.</param>
    public bool IsForgettable(uint height, ChannelConfig config) => Before is null || height >= (long)FinalAt + config.WatchAfterClosed;

    // What ended it, and the height of its block.
    private (Bitcoin.Transactions.Transaction? Transaction, uint Height) Spend => Before is Closing { Spend: { } spend } ? (spend.Transaction, spend.BlockHeight) : (ClosingTransaction, ConfirmedAt);

    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    internal override bool HasLostState => Reason == CloseReason.StateLost;

    internal override bool Reestablishes => false;

    // There may be no other write for it to ride on: the channel is over once the last result is acknowledged.
    internal override void Conclude(Turn turn)
    {
        if (turn.State is Closed { Transient.Acknowledged: { IsEmpty: false } acknowledged }) turn.Record(new DurableEvent.ResultsAcknowledged(acknowledged));
        base.Conclude(turn);
    }

    internal override void Resume(Turn turn)
    {
        Watching.Htlcs(turn, Commitments, static _ => false);
        if (Before is null || IsForgettable(turn.Environment.BlockHeight, turn.Config)) return;
        var (transaction, height) = Spend;
        foreach (var one in Commitments.Active) turn.Act(new ChannelAction.WatchFundingSpent(one.Funding.OutPoint, one.Funding.ScriptPubKey, KnownSpend.Of(transaction, height)));
        (Before as Closing)?.WatchNew(turn, []);
    }

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ChannelReopened when Before is not null => Before with { Commitments = Commitments, Transient = Transient },
        _ => null,
    };

    private protected override void OnConnected(Turn turn) => turn.Send(new Error(ChannelId, "The channel is closed."));

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
    }

    private protected override void OnError(Turn turn, Error error)
    {
    }

    // Payments of this node whose HTLC was in a commitment that it cannot read end as well, once nobody watches for the preimage any more.
    private protected override void OnBlock(Turn turn)
    {
        var height = turn.Environment.BlockHeight;
        Results.GiveUp(turn, [.. Commitments.Outgoing.Unacknowledged
            .Where(static entry => entry is { Origin: HtlcOrigin.Local, Result: null, HtlcId: not null })
            .Select(static entry => entry.HtlcId!.Value)
            .Where(id => height >= (long)Math.Max(FinalAt, EarlyFailures.ExpiryOf(this, id)) + turn.Config.WatchAfterClosed && !Transient.Preimages.Items.Any(one => one.HtlcId == id))]);
    }

    // Told again after a restart; another one, or in another block, undoes the end.
    private protected override void OnFundingSpent(Turn turn, ChannelCommand.FundingSpent spent)
    {
        var (transaction, height) = Spend;
        if (Before is null || !ForceClosing.SpendsFunding(this, spent.Transaction) || (transaction?.TxId == spent.Transaction.TxId && height == spent.BlockHeight)) return;
        Reopen(turn);
        turn.State.Handle(turn, spent);
    }

    private protected override void OnOutputSpent(Turn turn, ChannelCommand.OutputSpent spent)
    {
        if (Before is not Closing before) return;
        // What nobody waited for is taken after all: that undoes nothing.
        var isOther = spent.BlockHeight > 0 && spent.Transaction.Inputs.Any(input =>
            before.SpendOf(input.PreviousOutput) is { } known && (known.Transaction.TxId != spent.Transaction.TxId || known.BlockHeight != spent.BlockHeight));
        if (!isOther)
        {
            Results.Learn(turn, before with { Commitments = Commitments }, spent.Transaction);
            return;
        }

        Reopen(turn);
        turn.State.Handle(turn, spent);
    }

    private protected override void OnSpendUndone(Turn turn, ChannelCommand.SpendUndone undone)
    {
        var txId = Before is Closing before ? before.Undoes(undone) : Commitments.Latest.Funding.OutPoint == undone.Output ? ClosingTransaction?.TxId : null;
        if (Before is null || txId is null || undone.Spender != txId) return;
        Reopen(turn);
        turn.State.Handle(turn, undone);
    }

    private void Reopen(Turn turn)
    {
        turn.Record(new DurableEvent.ChannelReopened(turn.Environment.BlockHeight));
        turn.Act(new ChannelAction.ReportReopened());

        // No incarnation has ended: what was asked of the wallet is not to be given back.
        if (turn.State is Closing closing) closing.GoOn(turn);
        else turn.State.Resume(turn);
    }

    private protected override void OnForceClose(Turn turn, ChannelCommand.ForceClose force) => turn.Refuse(force, CommandRefusal.WrongState, "The channel is closed.");
}
