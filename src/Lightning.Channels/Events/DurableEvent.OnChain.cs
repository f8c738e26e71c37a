using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Channels.Events;

/// <content>
/// What the chain says of a channel, and what is tried there: facts with their heights, and attempts as they were published. Everything else follows from
/// these, so that a reorganisation is one more event.
/// </content>
public abstract partial record DurableEvent
{
    /// <summary>The funding output is spent.</summary>
    /// <param name="Transaction">By this transaction.</param>
    /// <param name="Kind">What it is.</param>
    /// <param name="CommitmentNumber">Its commitment number; 0 for a mutual close.</param>
    /// <param name="BlockHeight">Height of its block; 0 where an earlier version did not keep it.</param>
    public sealed record FundingSpent(Transaction Transaction, SpendKind Kind, ulong CommitmentNumber, uint BlockHeight = 0) : DurableEvent;

    /// <summary>A transaction in a block spends an output that the channel follows: of the commitment, of an HTLC transaction, of a second stage.</summary>
    /// <param name="Transaction">The spending transaction.</param>
    /// <param name="BlockHeight">Height of its block.</param>
    public sealed record OutputSpent(Transaction Transaction, uint BlockHeight) : DurableEvent;

    /// <summary>A spend, of the funding output or of another one, is in no block of the best chain any more.</summary>
    /// <param name="TxId">The spending transaction.</param>
    public sealed record SpendUndone(TxId TxId) : DurableEvent;

    /// <summary>A claim is published.</summary>
    /// <param name="Attempt">The claim.</param>
    public sealed record ClaimPublished(ClaimAttempt Attempt) : DurableEvent;

    /// <summary>Claims are given up: others took their place, or their inputs are gone for good. Their coins are free.</summary>
    /// <param name="Numbers">Numbers of the attempts.</param>
    public sealed record ClaimsDropped(EquatableArray<ulong> Numbers) : DurableEvent;

    /// <summary>Where this node's money goes.</summary>
    /// <param name="Script">Of the wallet.</param>
    public sealed record SweepScriptGiven(Script Script) : DurableEvent;

    /// <summary>A reorganisation undid what had closed the channel.</summary>
    /// <param name="BlockHeight">Height of the best block at that time.</param>
    public sealed record ChannelReopened(uint BlockHeight) : DurableEvent;

    /// <summary>A channel is known from a backup only: the first event of a channel that nothing else is left of.</summary>
    /// <param name="Parameters">What never changes.</param>
    /// <param name="Funding">The funding output.</param>
    /// <param name="BlockHeight">A height before which nothing can have happened to it.</param>
    public sealed record RestoredFromBackup(ChannelParameters Parameters, FundingOutput Funding, uint BlockHeight) : DurableEvent;
}
