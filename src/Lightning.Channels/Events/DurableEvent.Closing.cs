using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Events;

/// <content>The events of the end of a channel.</content>
public abstract partial record DurableEvent
{
    /// <summary>shutdown leaves.</summary>
    /// <param name="Script">Where this node's money goes.</param>
    /// <param name="Feerate">What the closing transaction is to pay; null for the estimate at its time.</param>
    public sealed record ShutdownSent(Script Script, FeeratePerKw? Feerate) : DurableEvent;

    /// <summary>The peer's shutdown.</summary>
    /// <param name="Script">Where the peer's money goes.</param>
    public sealed record ShutdownReceived(Script Script) : DurableEvent;

    /// <summary>Both sides are done with HTLCs and both sent shutdown: negotiation of the closing transaction begins.</summary>
    /// <param name="Simple">closing_complete and closing_sig; otherwise closing_signed.</param>
    public sealed record NegotiationStarted(bool Simple) : DurableEvent;

    /// <summary>closing_signed leaves.</summary>
    /// <param name="Fee">fee_satoshis.</param>
    public sealed record ClosingSignedSent(Satoshi Fee) : DurableEvent;

    /// <summary>closing_complete leaves.</summary>
    /// <param name="LocalScript">closer_scriptpubkey: this node's script from now on.</param>
    /// <param name="RemoteScript">closee_scriptpubkey.</param>
    /// <param name="Fee">fee_satoshis.</param>
    /// <param name="LockTime">nLockTime.</param>
    public sealed record ClosingCompleteSent(Script LocalScript, Script RemoteScript, Satoshi Fee, uint LockTime) : DurableEvent;

    /// <summary>A valid closing_complete of the peer: its transaction is signed and published, closing_sig leaves.</summary>
    /// <param name="RemoteScript">closer_scriptpubkey: the peer's script from now on.</param>
    /// <param name="Transaction">Fully signed.</param>
    public sealed record ClosingCompleteReceived(Script RemoteScript, Transaction Transaction) : DurableEvent;

    /// <summary>This node's closing transaction has both signatures (closing_sig, or an agreed closing_signed) and is published.</summary>
    /// <param name="Transaction">Fully signed.</param>
    public sealed record ClosingAgreed(Transaction Transaction) : DurableEvent;

    /// <summary>The channel ends without the peer's help: this node's commitment is published where it may be; an error leaves where there is one.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">For people; the text of the error where one is sent.</param>
    /// <param name="SendError">Whether a BOLT 1 error is sent.</param>
    public sealed record ForceClosed(CloseReason Reason, string Detail, bool SendError) : DurableEvent;

    /// <summary>The peer proved, or claims without disproof, that this node's state is old: its commitment is never published; the peer is asked to publish its own.</summary>
    /// <param name="Proven">Whether the peer showed the secret that proves it.</param>
    /// <param name="RemoteCommitmentNumber">The commitment number that the peer is at.</param>
    public sealed record StateLost(bool Proven, ulong RemoteCommitmentNumber) : DurableEvent;

    /// <summary>The transaction that spends the funding output is deep enough.</summary>
    /// <param name="TxId">The transaction.</param>
    /// <param name="BlockHeight">Height of its block.</param>
    public sealed record SpendConfirmed(TxId TxId, uint BlockHeight) : DurableEvent;

    /// <summary>HTLCs that this node offered failed for good: timed out on chain, or without an output in the confirmed commitment.</summary>
    /// <param name="HtlcIds">The HTLCs.</param>
    public sealed record HtlcsFailedOnChain(EquatableArray<ulong> HtlcIds) : DurableEvent;

    /// <summary>An HTLC that this node offered was paid after it had failed to whom it was for, who has nothing to take with the preimage any more: its amount is lost.</summary>
    /// <param name="HtlcId">The HTLC.</param>
    /// <param name="Amount">Its amount.</param>
    public sealed record PaidTooLate(ulong HtlcId, MilliSatoshi Amount) : DurableEvent;

    /// <summary>What a revoked commitment that the peer published held.</summary>
    /// <param name="Spec">Its balances and HTLCs, from the peer's view.</param>
    public sealed record RevokedCommitmentRebuilt(CommitmentSpec Spec) : DurableEvent;

    /// <summary>Claim transactions are published, and outputs are watched until a confirmed transaction spends them.</summary>
    /// <param name="Transactions">Fully signed; some may have to wait for their locks.</param>
    /// <param name="Outputs">What this node has an interest in, beyond what was watched before.</param>
    public sealed record ClaimsMade(EquatableArray<Transaction> Transactions, EquatableArray<OutPoint> Outputs) : DurableEvent;

    /// <summary>Watched outputs are spent by a transaction that is deep enough, by this node or by the peer.</summary>
    /// <param name="Outputs">The outputs.</param>
    public sealed record OutputsResolved(EquatableArray<OutPoint> Outputs) : DurableEvent;

    /// <summary>Nothing is left to be done.</summary>
    /// <param name="Reason">How it ended.</param>
    /// <param name="Closing">The mutual close that was confirmed: of several signed ones, one is mined. Null where the channel ended otherwise.</param>
    /// <param name="BlockHeight">Height of its block; 0 where the channel ended otherwise.</param>
    /// <param name="FinalAt">Height of the best block when it ended; 0 where an earlier version did not keep it.</param>
    public sealed record ChannelClosed(CloseReason Reason, Transaction? Closing = null, uint BlockHeight = 0, uint FinalAt = 0) : DurableEvent;
}
