using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.OnChain;
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

    private const int NoDeadline = 100_000;

    private static readonly Meter Meter = new(MeterName);
    private static readonly string[] StageNames = ["opening", "open", "waiting_close", "force_closing"];
    private static readonly ConcurrentDictionary<LocalChannelKey, ChannelGauge> Channels = new();

    private static readonly Counter<long> Closings = Meter.CreateCounter<long>(
        "channels_closing", "{channel}", "Funding outputs that were spent, by kind: mutual, local, remote, next_remote, revoked, future_remote, other_local, unknown.");

    private static readonly Counter<long> Claims = Meter.CreateCounter<long>(
        "claims_published", "{transaction}", "Transactions published to take outputs on chain, replacements included, by purpose: sweep, htlc_success, htlc_timeout, penalty, anchor.");

    private static readonly Counter<long> Bumps = Meter.CreateCounter<long>("claim_bumps", "{transaction}", "Those of claims_published that replace an earlier one.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "publish_refusals", "{transaction}", "Transactions of channels that the network did not take, each time that its answer changed, by reason: too_cheap, conflict, missing_inputs, not_final, refused.");

    private static readonly Counter<long> ClaimFees = Meter.CreateCounter<long>("claim_fees_sat", "sat", "Fees of transactions of this node in blocks that take outputs on chain, by purpose.");

    private static readonly Counter<long> Returned = Meter.CreateCounter<long>("closed_returned_sat", "sat", "What came back to the wallet of channels that are closed for good, fees taken off.");

    private static readonly Counter<long> Lost = Meter.CreateCounter<long>(
        "closed_lost_sat",
        "sat",
        "What closing channels cost, counted when they are closed for good, by item: commitment_fee, anchors, claim_fees, coin_fees, trimmed, uneconomic, penalties_lost, peer_took, sent_late.");

    private static readonly Counter<long> Punished = Meter.CreateCounter<long>("breaches_punished", "{channel}", "Channels whose peer published a revoked commitment and that are closed for good.");

    private static readonly Counter<long> Gained = Meter.CreateCounter<long>("penalties_gained_sat", "sat", "What such peers lost to this node.");

    private static readonly Counter<long> EarlyFailures = Meter.CreateCounter<long>(
        "htlcs_failed_early", "{htlc}", "HTLCs that were failed to the channel they came from before the chain had decided them, because that channel would have been lost.");

    private static readonly Counter<long> MissedDeadlines = Meter.CreateCounter<long>("deadlines_missed", "{output}", "Outputs on chain that this node had not taken when another came to be able to.");

    private static readonly Counter<long> RogueSpends = Meter.CreateCounter<long>("rogue_spends", "{transaction}", "Spends of funding outputs that this node never signed.");

    private static readonly Counter<long> MissingFundings = Meter.CreateCounter<long>("funding_missing", "{channel}", "Open channels whose funding output was not found on chain, each time that it was looked for.");

    private static readonly Counter<long> FollowFailures = Meter.CreateCounter<long>("chain_follow_failures", "{failure}", "Failures to follow the chain: its backend was away, or a block could not be read.");

    private static readonly Histogram<int> ReorgDepths = Meter.CreateHistogram<int>("reorg_depth", "{block}", "Blocks that reorganisations took from the best chain.");

    private static readonly Counter<long> BackupFailures = Meter.CreateCounter<long>("backup_write_failures", "{failure}", "Failures to write the channels' backup file.");

    private static readonly Gauge<long> ReserveRequired = Meter.CreateGauge<long>("anchor_reserve_required_sat", "sat", "What the wallet is to hold for the fees of closing its channels by force.");

    private static readonly Gauge<long> ReserveMissing = Meter.CreateGauge<long>(
        "anchor_reserve_missing_sat", "sat", "What of it is not there in confirmed coins that nothing else has spoken for: where it is not 0, coins are to be put into the wallet.");

    static NodeMetrics()
    {
        Meter.CreateObservableGauge("channels", Stages, "{channel}", "Channels that are not closed for good, by stage: opening, open, waiting_close, force_closing.");
        Meter.CreateObservableGauge(
            "limbo_sat", static () => Channels.Values.Sum(static one => one.Limbo), "sat", "This node's money in channels that are closing by a commitment, and not in the wallet yet.");
        Meter.CreateObservableGauge(
            "deadline_blocks_left", Deadline, "{block}", "Blocks until the next deadline of an output on chain: after it another may take the money. Negative after it; 100000 without any.");
    }

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

    /// <summary>The network answered for a transaction of a channel.</summary>
    internal static void Answered(PublishOutcome outcome)
    {
        if (outcome == PublishOutcome.Taken) return;
        Refusals.Add(1, new KeyValuePair<string, object?>("reason", outcome switch
        {
            PublishOutcome.TooCheap => "too_cheap",
            PublishOutcome.Conflict => "conflict",
            PublishOutcome.MissingInputs => "missing_inputs",
            PublishOutcome.NotFinal => "not_final",
            _ => "refused",
        }));
    }

    /// <summary>A claim is in a block.</summary>
    internal static void Paid(ClaimAttempt attempt) => ClaimFees.Add(attempt.Fee.Value, Purpose(attempt));

    /// <summary>A channel is closed for good.</summary>
    internal static void Closed(ChannelLedger ledger, bool wasBreach)
    {
        if (ledger.OnChain > Satoshi.Zero) Returned.Add(ledger.OnChain.Value);
        foreach (var (item, amount) in ((string, MilliSatoshi)[])
        [
            ("commitment_fee", ledger.CommitmentFee), ("anchors", ledger.Anchors), ("claim_fees", ledger.ClaimFees), ("coin_fees", ledger.CoinFees), ("trimmed", ledger.Trimmed),
            ("uneconomic", ledger.Uneconomic), ("penalties_lost", ledger.PenaltiesLost), ("peer_took", ledger.PeerTook), ("sent_late", ledger.SentLate),
        ])
        {
            if (amount > MilliSatoshi.Zero) Lost.Add(amount.ToSatoshi().Value, new KeyValuePair<string, object?>("item", item));
        }

        if (!wasBreach) return;
        Punished.Add(1);
        Gained.Add(ledger.PenaltiesGained.ToSatoshi().Value);
    }

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
    internal static void Reserve(Satoshi required, Satoshi missing)
    {
        ReserveRequired.Record(required.Value);
        ReserveMissing.Record(missing.Value);
    }

    /// <summary>How a channel of this process stands.</summary>
    internal static void Is(LocalChannelKey channel, ChannelGauge gauge) => Channels[channel] = gauge;

    /// <summary>A channel is closed for good, or in this process no more.</summary>
    internal static void Gone(LocalChannelKey channel) => Channels.TryRemove(channel, out _);

    // All of them, also those that no channel is in: who reads it would keep what it read last.
    private static IEnumerable<Measurement<int>> Stages() => StageNames.Select(static stage => new Measurement<int>(
        Channels.Values.Count(one => string.Equals(one.Stage, stage, StringComparison.Ordinal)), new KeyValuePair<string, object?>("stage", stage)));

    private static int Deadline() => Channels.Values.Min(static one => one.BlocksLeft) ?? NoDeadline;

    private static KeyValuePair<string, object?> Purpose(ClaimAttempt attempt) => new("purpose", attempt.Purpose switch
    {
        TransactionPurpose.HtlcSuccess => "htlc_success",
        TransactionPurpose.HtlcTimeout => "htlc_timeout",
        TransactionPurpose.Penalty => "penalty",
        TransactionPurpose.Anchor => "anchor",
        _ => "sweep",
    });
}
