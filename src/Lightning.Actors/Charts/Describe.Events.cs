using System.Globalization;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Claims;
using Lightning.Channels.Events;
using Lightning.Channels.States;

namespace Lightning.Actors.Charts;

/// <content>What happened to a channel.</content>
public static partial class Describe
{
    /// <summary>An event of a channel's journal.</summary>
    public static string Event(DurableEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return happened switch
        {
            DurableEvent.OwnershipTaken => "a new incarnation has the channel",
            DurableEvent.Connected connected => string.Create(CultureInfo.InvariantCulture, $"channel_reestablish sent on a new connection, epoch {connected.Epoch}"),
            DurableEvent.CommitmentSent { Updates.IsEmpty: true } => "commitment_signed sent",
            DurableEvent.CommitmentSent sent => $"commitment_signed sent: {Updates(sent.Updates)}",
            DurableEvent.CommitmentReceived { Updates.IsEmpty: true } => "commitment_signed received",
            DurableEvent.CommitmentReceived received => $"commitment_signed received: {Updates(received.Updates)}",
            DurableEvent.RevocationReceived { MustFail.IsEmpty: false } received => $"revoke_and_ack received, too much dust in {Ids("HTLC", received.MustFail)}",
            DurableEvent.RevocationReceived => "revoke_and_ack received",
            _ => OfOpening(happened) ?? OfHtlcs(happened) ?? OfClosing(happened) ?? OfTheChain(happened) ?? OfGossip(happened) ?? happened.GetType().Name,
        };
    }

    private static string? OfOpening(DurableEvent happened) => happened switch
    {
        DurableEvent.FundingCreated created => $"funding_created sent: {Funding(created.Funding, created.Push, created.Feerate)}",
        DurableEvent.FundingSigned => "funding_signed received",
        DurableEvent.RestoredFromBackup restored => $"restored from a backup of {Height(restored.BlockHeight)}: {Sat(restored.Funding.Amount)} at {Short(restored.Funding.OutPoint)}",
        DurableEvent.FundingAccepted accepted => $"funding_created received: {Funding(accepted.Funding, accepted.Push, accepted.Feerate)}",
        DurableEvent.FundingAwaited awaited => $"funding in no block, awaited since {Height(awaited.BlockHeight)}",
        DurableEvent.FundingConfirmed confirmed => string.Create(CultureInfo.InvariantCulture, $"funding confirmed in {Height(confirmed.BlockHeight)}, transaction {confirmed.TransactionIndex}"),
        DurableEvent.ChannelReadyReceived { Alias: { } alias } => $"channel_ready received, alias {alias}",
        DurableEvent.ChannelReadyReceived => "channel_ready received",
        _ => null,
    };

    private static string? OfHtlcs(DurableEvent happened) => happened switch
    {
        DurableEvent.AddRefused refused => $"HTLC for {Origin(refused.Origin)} refused: {refused.Reason}",
        DurableEvent.ForwardFixed forward => string.Create(CultureInfo.InvariantCulture, $"HTLC {forward.HtlcId} goes on over channel {forward.Outgoing}"),
        DurableEvent.SettlementsKept kept => $"settlements kept: {Updates(kept.Settlements)}",
        DurableEvent.PreimagesLearned learned => $"preimages learned of {Ids("HTLC", learned.Fulfillments.Select(static one => one.HtlcId))}",
        DurableEvent.ResultsAcknowledged acknowledged => $"results acknowledged: {Listed([.. acknowledged.Origins.Select(Origin)])}",
        DurableEvent.PaidTooLate late => string.Create(CultureInfo.InvariantCulture, $"HTLC {late.HtlcId} was paid too late: {late.Amount} lost"),
        DurableEvent.OriginsPruned pruned => $"origins forgotten up to {Height(pruned.BlockHeight)}",
        DurableEvent.HtlcsFailedOnChain failed => $"failed on chain: {Ids("HTLC", failed.HtlcIds)}",
        _ => null,
    };

    private static string? OfClosing(DurableEvent happened) => happened switch
    {
        DurableEvent.ShutdownSent { Feerate: { } feerate } => $"shutdown sent, {feerate} wanted",
        DurableEvent.ShutdownSent => "shutdown sent",
        DurableEvent.ShutdownReceived => "shutdown received",
        DurableEvent.NegotiationStarted { Simple: true } => "closing negotiated with closing_complete",
        DurableEvent.NegotiationStarted => "closing negotiated with closing_signed",
        DurableEvent.ClosingSignedSent sent => $"closing_signed sent: fee {Sat(sent.Fee)}",
        DurableEvent.ClosingCompleteSent sent => string.Create(CultureInfo.InvariantCulture, $"closing_complete sent: fee {Sat(sent.Fee)}, lock time {sent.LockTime}"),
        DurableEvent.ClosingCompleteReceived received => $"closing_complete received, closing transaction {Short(received.Transaction.TxId)}",
        DurableEvent.ClosingAgreed agreed => $"closing transaction {Short(agreed.Transaction.TxId)} has both signatures",
        DurableEvent.ForceClosed closed => $"closed by force{(closed.SendError ? " with an error" : "")}: {closed.Reason}, {Text(closed.Detail)}",
        DurableEvent.StateLost lost => string.Create(CultureInfo.InvariantCulture, $"state lost{(lost.Proven ? ", proven" : "")}: the peer is at commitment {lost.RemoteCommitmentNumber}"),
        DurableEvent.ChannelClosed { Closing: { } closing } closed => $"channel closed: {closed.Reason}, by transaction {Short(closing.TxId)} in {Height(closed.BlockHeight)}",
        DurableEvent.ChannelClosed closed => $"channel closed: {closed.Reason}",
        DurableEvent.ChannelReopened reopened => $"channel open again at {Height(reopened.BlockHeight)}: its end is undone",
        _ => null,
    };

    private static string? OfTheChain(DurableEvent happened) => happened switch
    {
        DurableEvent.FundingSpent { Kind: SpendKind.Mutual } spent => $"funding spent by {Short(spent.Transaction.TxId)}{In(spent.BlockHeight)}: mutual close",
        DurableEvent.FundingSpent spent => string.Create(CultureInfo.InvariantCulture, $"funding spent by {Short(spent.Transaction.TxId)}{In(spent.BlockHeight)}: {SpendOf(spent.Kind)} {spent.CommitmentNumber}"),
        DurableEvent.OutputSpent spent => $"{Outputs(spent.Transaction)} spent by {Short(spent.Transaction.TxId)}{In(spent.BlockHeight)}",
        DurableEvent.SpendUndone undone => $"{Short(undone.TxId)} is in no block any more",
        DurableEvent.ClaimPublished { Attempt: var attempt } => Claim(attempt),
        DurableEvent.ClaimsDropped dropped => $"given up: {Ids("claim", dropped.Numbers)}",
        DurableEvent.SweepScriptGiven given => $"money goes to a script of {Count(given.Script.Bytes.Length, "byte")} of the wallet",
        DurableEvent.SpendConfirmed confirmed => $"{Short(confirmed.TxId)} confirmed in {Height(confirmed.BlockHeight)}",
        DurableEvent.RevokedCommitmentRebuilt rebuilt => $"revoked commitment rebuilt with {Count(rebuilt.Spec.Htlcs.Length, "HTLC")}",
        DurableEvent.ClaimsMade claims => $"{Count(claims.Transactions.Count, "claim transaction")} published, {Count(claims.Outputs.Count, "output")} watched",
        DurableEvent.OutputsResolved resolved => $"outputs resolved: {Listed([.. resolved.Outputs.Select(Short)])}",
        _ => null,
    };

    private static string? OfGossip(DurableEvent happened) => happened switch
    {
        DurableEvent.AnnouncementReceived received => $"announcement_signatures received for {received.Signatures.ShortChannelId}",
        DurableEvent.PolicySet set => $"terms for forwards set: {Terms(set.Terms)}",
        DurableEvent.PolicyTold told => $"channel_update sent: {Update(told.Update)}",
        DurableEvent.PeerPolicyReceived received => $"channel_update received: {Update(received.Update)}",
        _ => null,
    };

    private static string Update(PolicyUpdate update) => string.Create(
        CultureInfo.InvariantCulture,
        $"{update.ShortChannelId}{(update.IsPublic ? "" : ", for the peer only")}{(update.IsDisabled ? ", disabled" : "")}, {update.Policy.FeeProportionalMillionths} ppm and {Msat(update.Policy.FeeBase)}, delta {update.Policy.CltvExpiryDelta}");

    private static string Terms(ForwardingTerms terms)
    {
        List<string> set = [];
        if (terms.FeeBase is { } fee) set.Add($"base fee {Msat(fee)}");
        if (terms.FeeProportionalMillionths is { } proportional) set.Add(string.Create(CultureInfo.InvariantCulture, $"{proportional} ppm"));
        if (terms.CltvExpiryDelta is { } delta) set.Add(string.Create(CultureInfo.InvariantCulture, $"delta {delta}"));
        if (terms.HtlcMinimum is { } minimum) set.Add($"at least {Msat(minimum)}");
        if (terms.HtlcMaximum is { } maximum) set.Add($"at most {Msat(maximum)}");
        return set.Count == 0 ? "none" : string.Join(", ", set);
    }

    private static string Claim(ClaimAttempt attempt) => string.Create(
        CultureInfo.InvariantCulture,
        $"claim {attempt.Number} published: {attempt.Purpose} {Short(attempt.Transaction.TxId)}, fee {Sat(attempt.Fee)}, {attempt.Feerate}{(attempt.Parent is { } parent ? $", with its parent {Short(parent)}" : "")}{(attempt.Deadline is { } deadline ? $", to be mined by {Height(deadline)}" : "")}");

    private static string Outputs(Transaction transaction) => Listed([.. transaction.Inputs.Select(static input => Short(input.PreviousOutput))]);

    private static string In(uint height) => height == 0 ? "" : $" in {Height(height)}";

    private static string Funding(FundingOutput funding, MilliSatoshi push, FeeratePerKw feerate) => $"{Sat(funding.Amount)} at {Short(funding.OutPoint)}, {Msat(push)} pushed, {feerate}";

    private static string SpendOf(SpendKind kind) => kind switch
    {
        SpendKind.LocalCommitment => "our commitment",
        SpendKind.OtherLocalCommitment => "a commitment of ours that is not the current one,",
        SpendKind.RemoteCommitment => "the peer's commitment",
        SpendKind.NextRemoteCommitment => "the peer's next commitment",
        SpendKind.RevokedCommitment => "the peer's revoked commitment",
        SpendKind.FutureRemoteCommitment => "the peer's future commitment",
        _ => "a transaction that nobody knows, number",
    };
}
