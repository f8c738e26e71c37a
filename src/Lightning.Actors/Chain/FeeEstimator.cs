using System.Collections.Immutable;
using Lightning.Actors.Hosting;
using Lightning.Chain;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>
/// Makes feerates that can be relied on out of what a backend says: pure. What the backend estimates is kept as it came, so that a floor that rises and falls
/// leaves nothing behind, and each estimate grows old by itself.
/// </summary>
/// <param name="limits">How far the backend is followed.</param>
internal sealed class FeeEstimator(FeeLimits limits)
{
    private const uint UrgentTarget = 2;
    private const uint CommitmentTarget = 6;
    private const uint MutualCloseTarget = 24;
    private const uint SlowTarget = 144;

    private readonly ImmutableDictionary<uint, Reading> _readings = ImmutableDictionary<uint, Reading>.Empty;
    private readonly MempoolFloor _floor = new(limits.Fallback.Minimum, limits.Fallback.Incremental);

    private FeeEstimator(FeeLimits limits, ImmutableDictionary<uint, Reading> readings, MempoolFloor floor)
        : this(limits) => (_readings, _floor) = (readings, floor);

    /// <summary>What a backend is asked for: confirmation within so many blocks.</summary>
    public static ImmutableArray<uint> Targets { get; } = [SlowTarget, MutualCloseTarget, CommitmentTarget, UrgentTarget];

    /// <summary>Takes what the backend said.</summary>
    /// <param name="byTarget">Its estimates, by the number of blocks; null, or not there, where it has none.</param>
    /// <param name="floor">What its mempool asks for.</param>
    /// <param name="now">When it said so.</param>
    public FeeEstimator Take(IReadOnlyDictionary<uint, FeeratePerKw?> byTarget, MempoolFloor floor, DateTimeOffset now)
    {
        var readings = _readings.ToBuilder();
        foreach (var (target, feerate) in byTarget)
            if (feerate is { } read) readings[target] = new Reading(read, now);
        return new FeeEstimator(limits, readings.ToImmutable(), floor);
    }

    /// <summary>
    /// The feerates now: none but the minimum above the cap, unless the mempool asks for more; none below the minimum; the more urgent never below the less
    /// urgent. Where the backend has said nothing for long, or never, the fallback holds.
    /// </summary>
    /// <param name="now">The time.</param>
    public FeeEstimates Estimate(DateTimeOffset now)
    {
        var fallback = limits.Fallback;
        var minimum = Max(limits.Floor, _floor.Minimum);
        var slow = Limited(SlowTarget, fallback.Slow, minimum, now);
        var mutualClose = Limited(MutualCloseTarget, fallback.MutualClose, slow, now);
        var commitment = Limited(CommitmentTarget, fallback.Commitment, mutualClose, now);
        var urgent = Limited(UrgentTarget, fallback.Urgent, commitment, now);
        return new FeeEstimates(minimum, commitment, mutualClose, urgent) { Slow = slow, Incremental = _floor.Incremental };
    }

    /// <summary>An estimate of the backend's for a target of the caller's own, within the limits.</summary>
    /// <param name="estimate">The estimate.</param>
    public FeeratePerKw Limit(FeeratePerKw estimate) => Max(Max(limits.Floor, _floor.Minimum), Min(estimate, limits.Cap));

    private FeeratePerKw Limited(uint target, FeeratePerKw fallback, FeeratePerKw least, DateTimeOffset now)
    {
        var estimate = _readings.TryGetValue(target, out var reading) && now - reading.At <= limits.StaleAfter ? reading.Feerate : fallback;
        return Max(least, Min(estimate, limits.Cap));
    }

    private static FeeratePerKw Max(FeeratePerKw left, FeeratePerKw right) => left > right ? left : right;

    private static FeeratePerKw Min(FeeratePerKw left, FeeratePerKw right) => left < right ? left : right;

    private readonly record struct Reading(FeeratePerKw Feerate, DateTimeOffset At);
}
