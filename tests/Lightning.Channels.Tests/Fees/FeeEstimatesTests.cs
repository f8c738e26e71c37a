using Lightning.Channels.Parameters;

namespace Lightning.Channels.Tests.Fees;

public class FeeEstimatesTests
{
    private static readonly FeeEstimates Estimates = new(new(253), new(2_500), new(1_000), new(5_000)) { Slow = new(500) };

    [Theory]
    [InlineData(0, 5_000)]
    [InlineData(2, 5_000)]
    [InlineData(3, 2_500)]
    [InlineData(6, 2_500)]
    [InlineData(7, 1_000)]
    [InlineData(24, 1_000)]
    [InlineData(25, 500)]
    [InlineData(2016, 500)]
    public void The_fewer_blocks_are_left_the_more_is_paid(uint blocks, uint feerate) => Assert.Equal(new FeeratePerKw(feerate), Estimates.For(blocks));

    [Fact]
    public void Nothing_is_paid_that_is_not_relayed() => Assert.Equal(new FeeratePerKw(3_000), (Estimates with { Minimum = new(3_000) }).For(10));

    [Fact]
    public void Without_an_estimate_for_a_day_that_of_hours_counts()
    {
        var estimates = new FeeEstimates(new(253), new(2_500), new(1_000), new(5_000));
        Assert.Equal(new FeeratePerKw(1_000), estimates.For(144));
        Assert.Equal(new FeeratePerKw(2_000), (estimates with { MutualClose = new(2_000) }).Slow);
    }
}
