using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Actions;

/// <summary>What the shell does for a channel, in the order given, and when <see cref="Decision"/> says. Any of them may be performed again after a crash.</summary>
public abstract record ChannelAction
{
    private ChannelAction()
    {
    }

    /// <summary>Sends a message on the channel's current connection, marked with this incarnation's epoch; dropped where there is none.</summary>
    /// <param name="Message">The message.</param>
    public sealed record Send(LightningMessage Message) : ChannelAction;

    /// <summary>Closes the connection, after what was sent.</summary>
    /// <param name="Reason">For people.</param>
    public sealed record Disconnect(string Reason) : ChannelAction;

    /// <summary>The channel has its final id on the wire: the peer's actor knows it by that one from now on, and its registration is durable before the actions after this one.</summary>
    /// <param name="TemporaryId">The id so far.</param>
    /// <param name="Id">The id from now on.</param>
    /// <param name="Funding">The funding output.</param>
    public sealed record AssignChannelId(ChannelId TemporaryId, ChannelId Id, OutPoint Funding) : ChannelAction;

    /// <summary>Asks the wallet to make and sign, not to publish, a transaction that pays this output: answered by FundingMade or FundingFailed.</summary>
    /// <param name="Script">The output's script.</param>
    /// <param name="Amount">The output's amount.</param>
    /// <param name="Feerate">The transaction's feerate.</param>
    public sealed record RequestFunding(Script Script, Satoshi Amount, FeeratePerKw Feerate) : ChannelAction;

    /// <summary>The funding transaction will never be published: the wallet may use its coins again.</summary>
    /// <param name="Transaction">Null where none was made yet.</param>
    public sealed record ReleaseFunding(Transaction? Transaction) : ChannelAction;

    /// <summary>Publishes a transaction, and again until it or a rival is confirmed.</summary>
    /// <param name="Transaction">Fully signed.</param>
    /// <param name="Purpose">What it is for.</param>
    /// <param name="Parent">A transaction that pays too little by itself and is published in one package with this one, its child; null for none.</param>
    public sealed record Publish(Transaction Transaction, TransactionPurpose Purpose, Transaction? Parent = null) : ChannelAction;

    /// <summary>Publishes a transaction no more.</summary>
    /// <param name="TxId">The transaction, the child where it was a package.</param>
    public sealed record StopPublishing(TxId TxId) : ChannelAction;

    /// <summary>
    /// Asks the wallet to add coins to a claim and to sign for them: answered by ClaimFunded, with the same coins however often it is asked, or by
    /// ClaimNotFunded. The coins are the attempt's until <see cref="ReleaseClaimCoins"/>.
    /// </summary>
    /// <param name="Number">The attempt's number.</param>
    /// <param name="Request">What is needed.</param>
    public sealed record FundClaim(ulong Number, CoinRequest Request) : ChannelAction;

    /// <summary>An attempt will never be published again: the wallet may use its coins, as far as no other attempt has them.</summary>
    /// <param name="Number">The attempt's number; one that has no coins is ignored.</param>
    /// <param name="AndLater">Whether those with higher numbers are released too: what was asked for them is not known any more.</param>
    public sealed record ReleaseClaimCoins(ulong Number, bool AndLater = false) : ChannelAction;

    /// <summary>Asks the wallet for a script that this node's money goes to: answered by SweepScriptGiven.</summary>
    public sealed record RequestSweepScript : ChannelAction;

    /// <summary>Tells by FundingConfirmed when the funding transaction is so deep, and by FundingUndone when it is in no block any more.</summary>
    /// <param name="Funding">The funding output.</param>
    /// <param name="Script">Its script.</param>
    /// <param name="MinimumDepth">In blocks, at least 1.</param>
    public sealed record WatchFundingConfirmed(OutPoint Funding, Script Script, uint MinimumDepth) : ChannelAction;

    /// <summary>Tells by FundingSpent whenever a transaction spends the funding output, and by SpendUndone when that is undone.</summary>
    /// <param name="Funding">The funding output.</param>
    /// <param name="Script">Its script.</param>
    /// <param name="Known">The spend that the channel knows of; null for none. If it is none any more, SpendUndone says so, and before any other spend is told.</param>
    public sealed record WatchFundingSpent(OutPoint Funding, Script Script, KnownSpend? Known = null) : ChannelAction;

    /// <summary>Tells by OutputSpent whenever a transaction spends this output, and by SpendUndone when that is undone.</summary>
    /// <param name="Output">An output of a commitment or HTLC transaction.</param>
    /// <param name="Script">Its script.</param>
    /// <param name="Since">Height of the block that made it; 0 where that is not known.</param>
    /// <param name="Known">The spend that the channel knows of; null for none. If it is none any more, SpendUndone says so, and before any other spend is told.</param>
    public sealed record WatchOutputSpent(OutPoint Output, Script Script, uint Since = 0, KnownSpend? Known = null) : ChannelAction;

    /// <summary>Asks how the funding output, or an HTLC's on chain, stands: answered by FundingChecked.</summary>
    /// <param name="Funding">The funding output.</param>
    /// <param name="Script">Its script.</param>
    public sealed record CheckFunding(OutPoint Funding, Script Script) : ChannelAction;

    /// <summary>
    /// The peer published a revoked commitment: what it held is to be found in the journal (<see cref="Commitments.RevokedCommitments"/>) and given by RevokedCommitmentFound.
    /// </summary>
    /// <param name="CommitmentNumber">Its number.</param>
    public sealed record FindRevokedCommitment(ulong CommitmentNumber) : ChannelAction;

    /// <summary>Both sides may use the channel. Comes again after a restart.</summary>
    /// <param name="Id">The channel.</param>
    /// <param name="ShortChannelId">Where its funding is; null before it is confirmed.</param>
    /// <param name="RemoteAlias">What the peer accepts for it; null for none.</param>
    public sealed record ReportReady(ChannelId Id, ShortChannelId? ShortChannelId, ShortChannelId? RemoteAlias) : ChannelAction;

    /// <summary>The network may know of the channel: its announcement has all four signatures. Comes again after a restart.</summary>
    /// <param name="Announcement">The announcement.</param>
    public sealed record AnnounceChannel(ChannelAnnouncement Announcement) : ChannelAction;

    /// <summary>The network is told this node's terms for an announced channel. Comes again after a restart.</summary>
    /// <param name="Update">Signed.</param>
    public sealed record AnnouncePolicy(ChannelUpdate Update) : ChannelAction;

    /// <summary>The channel takes no new HTLCs.</summary>
    public sealed record ReportClosing : ChannelAction;

    /// <summary>The channel is over: it may be forgotten by all but its journal.</summary>
    /// <param name="Reason">How it ended.</param>
    public sealed record ReportClosed(States.CloseReason Reason) : ChannelAction;

    /// <summary>A channel that was reported as closed is not over: a reorganisation undid its end.</summary>
    public sealed record ReportReopened : ChannelAction;

    /// <summary>The end of the channel lies so deep that no reorganisation is reckoned with: nothing is watched any more.</summary>
    public sealed record ReportForgotten : ChannelAction;

    /// <summary>A transaction that this node never signed spends the funding output: the operator must be told loudly (BOLT 5).</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record ReportRogueSpend(Transaction Transaction) : ChannelAction;

    /// <summary>
    /// A relayed HTLC is failed upstream before the chain has decided it: its incoming channel would have been lost. The operator is told: whoever has the preimage can still take the HTLC from this node.
    /// </summary>
    /// <param name="HtlcId">The HTLC, of this channel.</param>
    /// <param name="IncomingExpiry">Height at which the incoming HTLC expires.</param>
    public sealed record ReportEarlyFailure(ulong HtlcId, uint IncomingExpiry) : ChannelAction;

    /// <summary>
    /// An incoming HTLC is irrevocable: to be peeled and handed to its invoice or its next channel. Comes again after a restart until the HTLC is settled.
    /// </summary>
    /// <param name="Htlc">The HTLC.</param>
    /// <param name="ReceivedAt">When it became irrevocable.</param>
    /// <param name="Forward">The outgoing channel, where one is fixed already; no other may be tried before that one has refused.</param>
    /// <param name="MustFail">Too much would be lost to dust if it were kept: it is failed (temporary_channel_failure), never offered to anyone.</param>
    public sealed record HtlcReceived(CommitmentUpdate.AddHtlc Htlc, DateTimeOffset ReceivedAt, LocalChannelKey? Forward, bool MustFail) : ChannelAction;

    /// <summary>The outgoing channel of an incoming HTLC is fixed.</summary>
    /// <param name="HtlcId">The incoming HTLC.</param>
    /// <param name="Outgoing">The channel, perhaps another than asked for.</param>
    public sealed record ForwardFixed(ulong HtlcId, LocalChannelKey Outgoing) : ChannelAction;

    /// <summary>A settlement of an incoming HTLC is durable: it need not be repeated.</summary>
    /// <param name="HtlcId">The HTLC.</param>
    public sealed record SettlementAccepted(ulong HtlcId) : ChannelAction;

    /// <summary>An add is durable and signed.</summary>
    /// <param name="Origin">For whom.</param>
    /// <param name="HtlcId">The HTLC's id.</param>
    public sealed record HtlcAccepted(HtlcOrigin Origin, ulong HtlcId) : ChannelAction;

    /// <summary>An add is refused, durably: another channel may be tried.</summary>
    /// <param name="Origin">For whom.</param>
    /// <param name="Reason">Why.</param>
    public sealed record HtlcRefused(HtlcOrigin Origin, AddRefusal Reason) : ChannelAction;

    /// <summary>An HTLC that this node offered is paid. Comes at once, before any write, and again until acknowledged.</summary>
    /// <param name="Origin">For whom.</param>
    /// <param name="Preimage">The preimage, checked.</param>
    /// <param name="AttributionData">Hold times with proofs; null where there are none.</param>
    public sealed record HtlcFulfilled(HtlcOrigin Origin, PaymentPreimage Preimage, AttributionData? AttributionData) : ChannelAction;

    /// <summary>An HTLC that this node offered failed, irrevocably. Comes again until acknowledged.</summary>
    /// <param name="Origin">For whom.</param>
    /// <param name="Failure">How.</param>
    public sealed record HtlcFailed(HtlcOrigin Origin, HtlcFailure Failure) : ChannelAction;

    /// <summary>A command of the operator (open, close, fee) took effect.</summary>
    /// <param name="Command">The command.</param>
    public sealed record CommandDone(ChannelCommand Command) : ChannelAction;

    /// <summary>A command of the operator has no effect.</summary>
    /// <param name="Command">The command.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">For people.</param>
    public sealed record CommandRefused(ChannelCommand Command, CommandRefusal Reason, string Detail) : ChannelAction;
}
