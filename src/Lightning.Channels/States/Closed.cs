using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
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

    /// <inheritdoc/>
    public override bool IsFinal => true;

    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    internal override bool HasLostState => Reason == CloseReason.StateLost;

    internal override bool Reestablishes => false;

    // There may be no other write for it to ride on: the channel is over once the last result is acknowledged.
    internal override void Conclude(Turn turn)
    {
        if (turn.State is Closed { Transient.Acknowledged: { IsEmpty: false } acknowledged }) turn.Record(new DurableEvent.ResultsAcknowledged(acknowledged));
        base.Conclude(turn);
    }

    internal override void Resume(Turn turn) => Watching.Htlcs(turn, Commitments, static _ => false);

    private protected override void OnConnected(Turn turn) => turn.Send(new Error(ChannelId, "The channel is closed."));

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
    }

    private protected override void OnError(Turn turn, Error error)
    {
    }

    private protected override void OnFundingSpent(Turn turn, ChannelCommand.FundingSpent spent)
    {
    }

    private protected override void OnForceClose(Turn turn, ChannelCommand.ForceClose force) => turn.Refuse(force, CommandRefusal.WrongState, "The channel is closed.");
}
