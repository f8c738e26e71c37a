using Lightning.Routing.Gossip;

namespace Lightning.Routing.Tests.Gossip;

public class RateLimitTests
{
    private static readonly RateLimit Limit = new(TimeSpan.FromSeconds(10), 3);

    private readonly DateTimeOffset _now = GossipTestKit.Start;

    [Fact]
    public void A_bucket_gives_its_burst_and_then_one_token_an_interval()
    {
        var bucket = 0L;
        for (var i = 0; i < 3; i++) Assert.True(Limit.TryTake(ref bucket, _now));
        Assert.False(Limit.TryTake(ref bucket, _now + TimeSpan.FromSeconds(9.999)));
        Assert.True(Limit.TryTake(ref bucket, _now + TimeSpan.FromSeconds(10)));
        Assert.False(Limit.HasToken(bucket, _now + TimeSpan.FromSeconds(10)));
        Assert.True(Limit.TryTake(ref bucket, _now + TimeSpan.FromHours(1), 3));
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_close_a_bucket_for_long()
    {
        var bucket = 0L;
        Limit.TryTake(ref bucket, _now, 3);
        var back = _now - TimeSpan.FromDays(100);
        Assert.False(Limit.HasToken(bucket, back));
        Limit.Take(ref bucket, back, 0);
        Assert.True(Limit.HasToken(bucket, back + TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void More_than_there_is_can_be_taken_and_is_missing_later()
    {
        var bucket = 0L;
        Limit.Take(ref bucket, _now, 5);
        Assert.False(Limit.HasToken(bucket, _now + TimeSpan.FromSeconds(29)));
        Assert.True(Limit.HasToken(bucket, _now + TimeSpan.FromSeconds(30)));
    }
}
