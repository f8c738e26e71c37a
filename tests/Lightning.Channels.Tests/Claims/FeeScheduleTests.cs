using CsCheck;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Tests.Claims;

public sealed class FeeScheduleTests
{
    private const long Weight = 1_000;

    private static readonly FeeEstimates Usual = new(new(253), new(5_000), new(2_000), new(10_000)) { Slow = new(600) };

    private static Gen<FeeEstimates> AnyFees { get; } =
        from minimum in Gen.UInt[253, 3_000]
        from slow in Gen.UInt[0, 5_000]
        from medium in Gen.UInt[0, 5_000]
        from fast in Gen.UInt[0, 5_000]
        from urgent in Gen.UInt[0, 20_000]
        select new FeeEstimates(
            new(minimum), new(minimum + slow + medium + fast), new(minimum + slow + medium), new(minimum + slow + medium + fast + urgent)) { Slow = new(minimum + slow) };

    [Fact]
    public void A_first_claim_pays_the_estimate_of_the_blocks_that_are_left()
    {
        Assert.Equal(new FeeratePerKw(600), First(deadline: 200));
        Assert.Equal(new FeeratePerKw(2_000), First(deadline: 124));
        Assert.Equal(new FeeratePerKw(5_000), First(deadline: 106));
        Assert.Equal(new FeeratePerKw(10_000), First(deadline: 102));
        Assert.Equal(new FeeratePerKw(10_000), First(deadline: 90));
        Assert.Equal(new FeeratePerKw(600), First(deadline: null));
    }

    [Fact]
    public void Nothing_is_paid_beyond_the_budget_nor_below_what_is_relayed()
    {
        Assert.Equal(new FeeratePerKw(300), FeeSchedule.Next(101, null, null, default, 300.Sat(), Weight, At(100)));
        Assert.Null(FeeSchedule.Next(101, null, null, default, 252.Sat(), Weight, At(100)));
        Assert.Null(FeeSchedule.Next(101, null, null, default, (-5).Sat(), Weight, At(100)));
    }

    [Fact]
    public void What_is_published_is_left_for_a_while_which_is_shorter_the_nearer_the_deadline_is()
    {
        foreach (var (left, patience) in new[] { (100u, 15u), (19u, 15u), (18u, 3u), (7u, 3u), (6u, 1u), (1u, 1u), (0u, 1u) })
        {
            uint height = 1_000;
            Assert.Null(FeeSchedule.Next(height + left, Attempt(30_000, height - patience + 1), PublishOutcome.Taken, default, 1_000_000.Sat(), Weight, At(height)));
            Assert.NotNull(FeeSchedule.Next(height + left, Attempt(30_000, height - patience), PublishOutcome.Taken, default, 1_000_000.Sat(), Weight, At(height)));
        }
    }

    [Fact]
    public void A_raise_is_a_quarter_and_a_half_in_the_last_blocks()
    {
        Assert.Equal(new FeeratePerKw(37_500), FeeSchedule.Next(1_010, Attempt(30_000, 900), null, default, 1_000_000.Sat(), Weight, At(1_000)));
        Assert.Equal(new FeeratePerKw(45_000), FeeSchedule.Next(1_006, Attempt(30_000, 900), null, default, 1_000_000.Sat(), Weight, At(1_000)));
        // The market asks more than that.
        Assert.Equal(new FeeratePerKw(10_000), FeeSchedule.Next(1_002, Attempt(1_000, 900), null, default, 1_000_000.Sat(), Weight, At(1_000)));
    }

    [Fact]
    public void What_is_not_taken_for_its_price_is_raised_at_once_where_there_is_no_time_else_once_a_block()
    {
        foreach (var outcome in new[] { PublishOutcome.Conflict, PublishOutcome.TooCheap })
        {
            Assert.NotNull(FeeSchedule.Next(1_018, Attempt(30_000, 1_000), outcome, default, 1_000_000.Sat(), Weight, At(1_000)));
            Assert.Null(FeeSchedule.Next(1_019, Attempt(30_000, 1_000), outcome, default, 1_000_000.Sat(), Weight, At(1_000)));
            Assert.NotNull(FeeSchedule.Next(1_019, Attempt(30_000, 999), outcome, default, 1_000_000.Sat(), Weight, At(1_000)));
        }

        // No price helps against a lock.
        Assert.Null(FeeSchedule.Next(1_001, Attempt(30_000, 900), PublishOutcome.NotFinal, default, 1_000_000.Sat(), Weight, At(1_000)));
    }

    [Fact]
    public void What_has_no_deadline_follows_the_slow_estimate_and_is_never_raised_beyond_it()
    {
        Assert.Null(FeeSchedule.Next(null, Attempt(600, 900), PublishOutcome.Taken, default, 1_000_000.Sat(), Weight, At(1_000)));
        var risen = At(1_000) with { Fees = Usual with { Slow = new(900) } };
        Assert.Equal(new FeeratePerKw(900), FeeSchedule.Next(null, Attempt(600, 900), PublishOutcome.Taken, default, 1_000_000.Sat(), Weight, risen));
        Assert.Null(FeeSchedule.Next(null, Attempt(600, 990), PublishOutcome.Taken, default, 1_000_000.Sat(), Weight, risen));
    }

    [Fact]
    public void Less_time_never_costs_less() => Gen.Select(AnyFees, Gen.UInt[0, 300], Gen.UInt[0, 300], Gen.Long[0, 30_000], Gen.UInt[0, 20_000]).Sample(
        (fees, sooner, later, budget, floor) =>
        {
            var environment = At(1_000) with { Fees = fees };
            var slow = FeeSchedule.Next(1_000 + Math.Max(sooner, later), null, null, new(floor), budget.Sat(), Weight, environment);
            var fast = FeeSchedule.Next(1_000 + Math.Min(sooner, later), null, null, new(floor), budget.Sat(), Weight, environment);
            Assert.True((fast?.Value ?? 0) >= (slow?.Value ?? 0));
        });

    [Fact]
    public void Block_by_block_fees_only_rise_stay_within_the_budget_and_end_at_what_matters() => Gen.Select(
        AnyFees.Array[60], Gen.UInt[1, 60], Gen.Long[0, 200_000], Gen.UInt[0, 30_000], Gen.Int[0, 5].Array[60]).Sample(
        (fees, blocks, budget, floor, outcomes) =>
        {
            ClaimAttempt? last = null;
            var height = 1_000u;
            for (var i = 0u; i < blocks; i++, height++)
            {
                var environment = At(height) with { Fees = fees[i] };
                // Any number of answers in a block comes to rest.
                for (var round = 0; ; round++)
                {
                    var outcome = last is null ? (PublishOutcome?)null : (PublishOutcome)outcomes[i];
                    if (FeeSchedule.Next(1_000 + blocks - 1, last, outcome, new(floor), budget.Sat(), Weight, environment) is not { } next) break;
                    Assert.True(round < 100);
                    Assert.True(next.Fee(Weight) <= budget.Sat() && next >= fees[i].Minimum);
                    if (last is not null) Assert.True(next.Value >= last.Feerate.Value + fees[i].Incremental.Value);
                    Assert.True(next >= new FeeratePerKw(Math.Min(floor, (uint)budget)));
                    last = Attempt(next.Value, height);
                }
            }

            // It was worth a try at some time exactly where the budget allowed what was relayed then.
            Assert.Equal(fees.Take((int)blocks).Any(one => one.Minimum.Value <= budget), last is not null);
        },
        iter: 500);

    private static FeeratePerKw? First(uint? deadline) => FeeSchedule.Next(deadline, null, null, default, 1_000_000.Sat(), Weight, At(100));

    private static ChannelEnvironment At(uint height) => new(height, DateTimeOffset.UnixEpoch, Usual, new ChannelConfig { Network = Network.Regtest });

    private static ClaimAttempt Attempt(uint feerate, uint height) =>
        new(1, new Transaction(2, [], [], 0), TransactionPurpose.HtlcTimeout, null, new(feerate), new(feerate), [], height, null);
}
