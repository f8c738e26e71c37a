using System.Globalization;
using Akka.Event;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;

namespace Lightning.Actors.Channels;

/// <summary>What happens to a channel on chain, one line a step, in words that a person can follow.</summary>
internal static class OnChainNews
{
    /// <summary>Fewer blocks than these before a deadline are a warning.</summary>
    public const int NearDeadline = 6;

    /// <summary>What an event means.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="before">The channel before it.</param>
    /// <param name="after">The channel after it.</param>
    /// <param name="signer">The channel's.</param>
    /// <param name="height">Height of the best block.</param>
    /// <param name="config">What is final.</param>
    public static IEnumerable<(LogLevel Level, string Text)> Of(DurableEvent happened, ChannelState before, ChannelState after, IChannelSigner signer, uint height, ChannelConfig config)
    {
        var closing = after as Lightning.Channels.States.Closing;
        return happened switch
        {
            DurableEvent.ForceClosed closed => [(LogLevel.InfoLevel, $"it is closed by force: {closed.Detail}")],
            DurableEvent.FundingSpent spent => [Of(spent)],
            DurableEvent.ClaimPublished { Attempt: var attempt } when closing is not null => [Of(attempt, OnChainReport.Of(closing, signer, height, config), height)],
            DurableEvent.OutputSpent spent when closing is not null => Of(spent, OnChainReport.Of(closing, signer, height, config)),
            DurableEvent.SpendUndone undone => [(LogLevel.WarningLevel, $"a reorganisation of the chain undid transaction {undone.TxId}")],
            DurableEvent.PreimagesLearned learned when before is Lightning.Channels.States.Closing or Closed => learned.Fulfillments.Select(one => Of(one, before)),
            DurableEvent.HtlcsFailedOnChain failed => failed.HtlcIds.Select(static id => (LogLevel.InfoLevel, $"HTLC {Number(id)} fails to whom it was for")),
            DurableEvent.FundingAwaited => [(LogLevel.WarningLevel, $"its funding transaction is in no block: it is given up unless that comes within {config.FundingTimeout} blocks")],
            DurableEvent.PaidTooLate late => [(LogLevel.WarningLevel, $"HTLC {Number(late.HtlcId)} was paid after it had failed to whom it was for, who can take nothing for it any more: {late.Amount} are lost")],
            _ => [],
        };
    }

    /// <summary>What is urgent, and what is overdue for the first time.</summary>
    /// <param name="report">The channel.</param>
    /// <param name="height">Height of the best block.</param>
    public static IEnumerable<(LogLevel Level, string Text)> OfDeadlines(OnChainReport report, uint height)
    {
        foreach (var one in report.Outputs.Items)
        {
            if (one.Output.Spend is not null || one.BlocksLeft(height) is not { } left || left >= NearDeadline) continue;
            if (one.Output.Kind == ChainOutputKind.OurAnchor)
            {
                if (left >= 0) yield return (LogLevel.WarningLevel, $"the commitment must be mined within {Blocks(left)}{Tried(one)}");
                else if (left == -1) yield return (LogLevel.ErrorLevel, $"the commitment was not mined in time for what follows from it{Tried(one)}");
            }
            else if (left >= 0) yield return (LogLevel.WarningLevel, $"{Name(one)} must be taken within {Blocks(left)}{Tried(one)}");
            else if (left == -1) yield return (LogLevel.ErrorLevel, $"{Name(one)} was not taken in time: from now on another may take it{Tried(one)}");
        }
    }

    private static (LogLevel Level, string Text) Of(LearnedPreimage learned, ChannelState before) =>
        before is FundedState funded && funded.Commitments.Outgoing.Find(learned.HtlcId) is { Result: not null }
            ? (LogLevel.WarningLevel, $"HTLC {Number(learned.HtlcId)} was paid: its preimage is on chain, after it had failed to whom it was for")
            : (LogLevel.InfoLevel, $"HTLC {Number(learned.HtlcId)} was paid: its preimage is on chain");

    private static (LogLevel Level, string Text) Of(DurableEvent.FundingSpent spent)
    {
        var (level, by) = spent.Kind switch
        {
            SpendKind.Mutual => (LogLevel.InfoLevel, "a mutual close"),
            SpendKind.LocalCommitment => (LogLevel.InfoLevel, "this node's commitment"),
            SpendKind.RemoteCommitment or SpendKind.NextRemoteCommitment => (LogLevel.InfoLevel, "the peer's commitment"),
            SpendKind.RevokedCommitment => (LogLevel.WarningLevel, "a revoked commitment of the peer, which loses all for that"),
            SpendKind.FutureRemoteCommitment => (LogLevel.WarningLevel, "a commitment of the peer that this node does not know: what it knows is old"),
            SpendKind.OtherLocalCommitment => (LogLevel.WarningLevel, "a commitment of this node that is not its last one"),
            _ => (LogLevel.ErrorLevel, "a transaction that this node never signed"),
        };
        return (level, $"it is closed by {by}, transaction {spent.Transaction.TxId} in block {Number(spent.BlockHeight)}");
    }

    private static (LogLevel Level, string Text) Of(ClaimAttempt attempt, OnChainReport report, uint height)
    {
        var taken = report.Outputs.Where(one => attempt.Transaction.Spends(one.Output.OutPoint)).ToList();
        var sum = taken.Aggregate(Satoshi.Zero, static (total, one) => total + one.Amount);
        var htlcs = taken is [{ Htlc: not null } only] ? Name(only) : $"{taken.Count} HTLCs of {Amount(sum)}";
        var what = attempt.Purpose switch
        {
            TransactionPurpose.HtlcSuccess => taken.Count == 1 ? $"{htlcs} is claimed with its preimage" : $"{htlcs} are claimed with their preimages",
            TransactionPurpose.HtlcTimeout => taken.Count == 1 ? $"{htlcs} was not paid and is claimed back" : $"{htlcs} were not paid and are claimed back",
            TransactionPurpose.Penalty => $"{Amount(sum)} of the revoked commitment is taken as a penalty",
            TransactionPurpose.Anchor => $"the fee of the commitment is raised to {attempt.Feerate} by its anchor",
            _ => $"{Amount(sum)} is sent to the wallet",
        };
        var expiry = taken.Select(static one => one.Htlc?.Expiry).Min();
        var left = attempt.Purpose == TransactionPurpose.HtlcSuccess && expiry is { } at ? (int)(at - (long)height) : attempt.Deadline is { } deadline ? (int)(deadline - (long)height) : (int?)null;
        var until = left switch
        {
            null => "",
            < 0 => $", {Blocks(-left.Value)} too late",
            _ => $", {Blocks(left.Value)} before its {(attempt.Purpose == TransactionPurpose.HtlcSuccess ? "expiry" : "deadline")}",
        };
        var tries = taken.Count == 0 ? 1 : taken.Max(static one => one.Attempts);
        return (left < NearDeadline ? LogLevel.WarningLevel : LogLevel.InfoLevel, $"{what}{until}, {Amount(attempt.Fee)} fee{(tries > 1 ? $", {Ordinal(tries)} attempt" : "")}: transaction {attempt.Transaction.TxId}");
    }

    private static IEnumerable<(LogLevel Level, string Text)> Of(DurableEvent.OutputSpent spent, OnChainReport report)
    {
        foreach (var one in report.Outputs.Items)
        {
            if (one.Output.Spend?.Transaction.TxId != spent.Transaction.TxId) continue;
            var where = $"transaction {spent.Transaction.TxId} in block {Number(spent.BlockHeight)}";
            yield return one switch
            {
                { IsOurs: true } => (LogLevel.InfoLevel, $"{Name(one)} is taken by {where}"),
                { Output.Kind: ChainOutputKind.OurAnchor } => (LogLevel.DebugLevel, $"{Name(one)} was taken by another, {where}"),
                { ShowsPreimage: true } => (LogLevel.InfoLevel, $"{Name(one)} is the peer's, which showed its preimage, {where}"),
                { Output.Kind: ChainOutputKind.RevokedHtlc } => (LogLevel.WarningLevel, $"the peer took {Name(one)}, which this node takes from it again, {where}"),
                { Output.Kind: ChainOutputKind.RevokedBalance or ChainOutputKind.RevokedSecondStage } => (LogLevel.ErrorLevel, $"the peer got away with {Name(one)}, {where}"),
                { Output.Kind: ChainOutputKind.ReceivedHtlc, MaturesAt: null } => (LogLevel.InfoLevel, $"the peer took back {Name(one)}, which was not paid, {where}"),
                _ => (LogLevel.ErrorLevel, $"{Name(one)} is lost: another took it first, {where}"),
            };
        }
    }

    private static string Name(OutputReport one) => one switch
    {
        { Htlc.HtlcId: { } id, HtlcStage: 1 } => $"HTLC {Number(id)} of {Amount(one.Amount)}",
        { Htlc.HtlcId: { } id } => $"the second stage of HTLC {Number(id)}, {Amount(one.Amount)}",
        { Output.Kind: ChainOutputKind.OurAnchor } => "this node's anchor",
        { Output.Kind: ChainOutputKind.RevokedBalance } => $"the peer's balance of {Amount(one.Amount)}",
        _ => $"this node's balance of {Amount(one.Amount)}",
    };

    private static string Tried(OutputReport one) => one.Attempt is { } attempt ? $"; the {Ordinal(one.Attempts)} transaction for it pays {attempt.Feerate}" : "; no transaction takes it";

    private static string Amount(Satoshi amount) => string.Create(CultureInfo.InvariantCulture, $"{amount.Value:N0} sat");

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Blocks(int blocks) => blocks == 1 ? "1 block" : string.Create(CultureInfo.InvariantCulture, $"{blocks} blocks");

    private static string Ordinal(int number) => string.Create(CultureInfo.InvariantCulture, $"{number}{(number % 100 is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" })}");
}
