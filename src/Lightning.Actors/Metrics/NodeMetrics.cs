using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Lightning.Channels.Claims;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Actors.Metrics;

/// <summary>
/// What an operator watches, as instruments of the meter "Lightning.Actors": any listener of System.Diagnostics.Metrics reads them. They are the process's, so that a node on several processes
/// has them once in each.
/// </summary>
public static class NodeMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Lightning.Actors";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<LocalChannelKey, int> Deadlines = new();

    private static readonly Counter<long> Closings = Meter.CreateCounter<long>(
        "channels_closing", "{channel}", "Funding outputs that were spent, by kind: mutual, local, remote, next_remote, revoked, future_remote, other_local, unknown.");

    private static readonly Counter<long> Claims = Meter.CreateCounter<long>(
        "claims_published", "{transaction}", "Transactions published to take outputs on chain, replacements included, by purpose: sweep, htlc_success, htlc_timeout, penalty, anchor.");

    private static readonly Counter<long> Bumps = Meter.CreateCounter<long>("claim_bumps", "{transaction}", "Those of claims_published that replace an earlier one.");

    private static readonly Counter<long> ClaimFees = Meter.CreateCounter<long>("claim_fees_sat", "sat", "Fees of transactions of this node in blocks that take outputs on chain, by purpose.");

    private static readonly Counter<long> EarlyFailures = Meter.CreateCounter<long>(
        "htlcs_failed_early", "{htlc}", "HTLCs that were failed to the channel they came from before the chain had decided them, because that channel would have been lost.");

    private static readonly Counter<long> MissedDeadlines = Meter.CreateCounter<long>("deadlines_missed", "{output}", "Outputs on chain that this node had not taken when another came to be able to.");

    private static readonly Counter<long> RogueSpends = Meter.CreateCounter<long>("rogue_spends", "{transaction}", "Spends of funding outputs that this node never signed.");

    private static readonly Counter<long> MissingFundings = Meter.CreateCounter<long>("funding_missing", "{channel}", "Open channels whose funding output was not found on chain, each time that it was looked for.");

    private static readonly Counter<long> FollowFailures = Meter.CreateCounter<long>("chain_follow_failures", "{failure}", "Failures to follow the chain: its backend was away, or a block could not be read.");

    private static readonly Histogram<int> ReorgDepths = Meter.CreateHistogram<int>("reorg_depth", "{block}", "Blocks that reorganisations took from the best chain.");

    private static readonly Counter<long> BackupFailures = Meter.CreateCounter<long>("backup_write_failures", "{failure}", "Failures to write the channels' backup file.");

    private static readonly Gauge<long> ReserveRequired = Meter.CreateGauge<long>("anchor_reserve_required_sat", "sat", "What the wallet is to hold for the fees of closing its channels by force.");

    private static readonly Gauge<long> ReserveAvailable = Meter.CreateGauge<long>("anchor_reserve_available_sat", "sat", "What of it the wallet holds in confirmed coins that nothing else has spoken for.");

    static NodeMetrics() => Meter.CreateObservableGauge(
        "deadline_blocks_left",
        static () => Deadlines.Values.DefaultIfEmpty(int.MaxValue).Min() is var least && least < int.MaxValue ? [new Measurement<int>(least)] : Array.Empty<Measurement<int>>(),
        "{block}",
        "Blocks until the next deadline of an output on chain: after it another may take the money. Negative after it. Absent without any.");

    /// <summary>A funding output is spent.</summary>
    internal static void Closing(SpendKind kind) => Closings.Add(1, new KeyValuePair<string, object?>("kind", kind switch
    {
        SpendKind.Mutual => "mutual",
        SpendKind.LocalCommitment => "local",
        SpendKind.RemoteCommitment => "remote",
        SpendKind.NextRemoteCommitment => "next_remote",
        SpendKind.RevokedCommitment => "revoked",
        SpendKind.FutureRemoteCommitment => "future_remote",
        SpendKind.OtherLocalCommitment => "other_local",
        _ => "unknown",
    }));

    /// <summary>A claim is published.</summary>
    internal static void Published(ClaimAttempt attempt, bool isBump)
    {
        Claims.Add(1, Purpose(attempt));
        if (isBump) Bumps.Add(1, Purpose(attempt));
    }

    /// <summary>A claim is in a block.</summary>
    internal static void Paid(ClaimAttempt attempt) => ClaimFees.Add(attempt.Fee.Value, Purpose(attempt));

    /// <summary>An HTLC fails before the chain has decided it.</summary>
    internal static void FailedEarly() => EarlyFailures.Add(1);

    /// <summary>A deadline has passed.</summary>
    internal static void Late() => MissedDeadlines.Add(1);

    /// <summary>Somebody else has this node's keys, or seems to.</summary>
    internal static void RogueSpend() => RogueSpends.Add(1);

    /// <summary>A channel's funding output is nowhere.</summary>
    internal static void FundingMissing() => MissingFundings.Add(1);

    /// <summary>The chain could not be followed.</summary>
    internal static void FollowFailed() => FollowFailures.Add(1);

    /// <summary>So many blocks are gone.</summary>
    internal static void Reorganised(int blocks) => ReorgDepths.Record(blocks);

    /// <summary>The backup file could not be written.</summary>
    internal static void BackupFailed() => BackupFailures.Add(1);

    /// <summary>What force closings need, and what there is for them.</summary>
    internal static void Reserve(Satoshi required, Satoshi available)
    {
        ReserveRequired.Record(required.Value);
        ReserveAvailable.Record(available.Value);
    }

    /// <summary>Blocks until the next deadline of a channel; null for none.</summary>
    internal static void Deadline(LocalChannelKey channel, int? blocksLeft)
    {
        if (blocksLeft is { } left) Deadlines[channel] = left;
        else Deadlines.TryRemove(channel, out _);
    }

    private static KeyValuePair<string, object?> Purpose(ClaimAttempt attempt) => new("purpose", attempt.Purpose switch
    {
        Lightning.Channels.Actions.TransactionPurpose.HtlcSuccess => "htlc_success",
        Lightning.Channels.Actions.TransactionPurpose.HtlcTimeout => "htlc_timeout",
        Lightning.Channels.Actions.TransactionPurpose.Penalty => "penalty",
        Lightning.Channels.Actions.TransactionPurpose.Anchor => "anchor",
        _ => "sweep",
    });
}
