using Lightning.Actors.Chain;
using Lightning.Actors.Hosting;
using Lightning.Chain;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Tests.Chain;

public sealed class FeeEstimatorTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly MempoolFloor Quiet = new(new(250), new(250));
    private static readonly FeeLimits Limits = new();

    private static Dictionary<uint, FeeratePerKw?> Said(uint? urgent, uint? commitment, uint? mutualClose, uint? slow) => new()
    {
        [2] = Rate(urgent),
        [6] = Rate(commitment),
        [24] = Rate(mutualClose),
        [144] = Rate(slow),
    };

    private static FeeratePerKw? Rate(uint? feerate) => feerate is { } value ? new FeeratePerKw(value) : null;

    private static FeeEstimates Estimate(Dictionary<uint, FeeratePerKw?> said, MempoolFloor? floor = null, FeeLimits? limits = null) =>
        new FeeEstimator(limits ?? Limits).Take(said, floor ?? Quiet, Start).Estimate(Start);

    [Fact]
    public void What_the_backend_says_within_the_limits_counts_as_it_is() => Assert.Equal(
        new FeeEstimates(new(253), new(4_000), new(3_000), new(5_000)) { Slow = new(2_000), Incremental = new(250) },
        Estimate(Said(5_000, 4_000, 3_000, 2_000)));

    [Fact]
    public void Before_the_first_answer_the_fallback_holds()
    {
        var estimates = new FeeEstimator(Limits).Estimate(Start);
        Assert.Equal(Limits.Fallback with { Slow = Limits.Fallback.MutualClose }, estimates);
    }

    [Fact]
    public void The_mempools_floor_counts_on_a_chain_without_estimates()
    {
        var estimates = Estimate(Said(null, null, null, null), new MempoolFloor(new(3_000), new(500)));
        Assert.Equal(new FeeEstimates(new(3_000), new(3_000), new(3_000), new(5_000)) { Slow = new(3_000), Incremental = new(500) }, estimates);
    }

    [Fact]
    public void The_minimum_is_what_the_mempool_asks_for_and_never_less_than_the_nodes_own_floor()
    {
        Assert.Equal(FeeratePerKw.Floor, Estimate(Said(1, 1, 1, 1), new MempoolFloor(new(1), new(1))).Minimum);
        Assert.Equal(new FeeratePerKw(700), Estimate(Said(1, 1, 1, 1), new MempoolFloor(new(700), new(1))).Minimum);
        Assert.Equal(new FeeratePerKw(900), Estimate(Said(1, 1, 1, 1), limits: Limits with { Floor = new(900) }).Minimum);
    }

    [Fact]
    public void An_absurd_estimate_is_cut_to_the_cap()
    {
        var estimates = Estimate(Said(uint.MaxValue, 125_001, 125_000, 124_999));
        Assert.Equal(new FeeEstimates(new(253), new(125_000), new(125_000), new(125_000)) { Slow = new(124_999) }, estimates);
    }

    [Fact]
    public void The_cap_does_not_keep_a_transaction_out_of_the_mempool()
    {
        var estimates = Estimate(Said(1_000, 1_000, 1_000, 1_000), new MempoolFloor(new(200_000), new(250)));
        Assert.Equal(new FeeEstimates(new(200_000), new(200_000), new(200_000), new(200_000)) { Slow = new(200_000) }, estimates);
    }

    [Fact]
    public void A_missing_estimate_is_the_last_one_for_a_while_and_the_fallback_after()
    {
        var estimator = new FeeEstimator(Limits).Take(Said(50_000, 40_000, 30_000, 20_000), Quiet, Start);
        var later = Start + Limits.StaleAfter;
        estimator = estimator.Take(Said(null, null, null, null), Quiet, later);
        Assert.Equal(new FeeratePerKw(50_000), estimator.Estimate(later).Urgent);
        Assert.Equal(Limits.Fallback.Urgent, estimator.Estimate(later + TimeSpan.FromSeconds(1)).Urgent);
        Assert.Equal(Limits.Fallback.MutualClose, estimator.Estimate(later + TimeSpan.FromSeconds(1)).Slow);
    }

    [Fact]
    public void Each_target_grows_old_by_itself()
    {
        var later = Start + Limits.StaleAfter + TimeSpan.FromSeconds(1);
        var estimator = new FeeEstimator(Limits).Take(Said(50_000, 40_000, 30_000, 20_000), Quiet, Start).Take(Said(null, 6_000, null, 4_000), Quiet, later);

        // Never below what is less urgent.
        Assert.Equal(new FeeEstimates(new(253), new(6_000), new(4_000), new(6_000)) { Slow = new(4_000) }, estimator.Estimate(later));
    }

    [Fact]
    public void A_floor_that_rose_and_fell_leaves_nothing_behind()
    {
        var estimator = new FeeEstimator(Limits).Take(Said(5_000, 4_000, 3_000, 2_000), Quiet, Start);
        var before = estimator.Estimate(Start);
        estimator = estimator.Take(Said(null, null, null, null), new MempoolFloor(new(80_000), new(250)), Start);
        Assert.Equal(new FeeratePerKw(80_000), estimator.Estimate(Start).Urgent);
        Assert.Equal(before, estimator.Take(Said(null, null, null, null), Quiet, Start).Estimate(Start));
    }

    [Fact]
    public void Whatever_the_backend_says_the_more_urgent_is_never_cheaper()
    {
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var floor = new FeeratePerKw((uint)random.Next(0, 200_000));
            var estimates = Estimate(Said(Any(), Any(), Any(), Any()), new MempoolFloor(floor, new(250)));
            Assert.True(estimates.Minimum >= FeeratePerKw.Floor && estimates.Minimum >= floor);
            Assert.True(estimates.Minimum <= estimates.Slow && estimates.Slow <= estimates.MutualClose);
            Assert.True(estimates.MutualClose <= estimates.Commitment && estimates.Commitment <= estimates.Urgent);
            Assert.True(estimates.Urgent <= Limits.Cap || estimates.Urgent == estimates.Minimum);
        }

        uint? Any() => random.Next(4) == 0 ? null : (uint)random.Next(0, 300_000);
    }

    [Fact]
    public void A_target_of_the_callers_own_is_held_within_the_same_limits()
    {
        var estimator = new FeeEstimator(Limits).Take(Said(null, null, null, null), new MempoolFloor(new(600), new(250)), Start);
        Assert.Equal(new FeeratePerKw(600), estimator.Limit(new FeeratePerKw(300)));
        Assert.Equal(new FeeratePerKw(700), estimator.Limit(new FeeratePerKw(700)));
        Assert.Equal(Limits.Cap, estimator.Limit(new FeeratePerKw(1_000_000)));
    }
}
