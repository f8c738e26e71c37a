using Lightning.Protocol.Messages;
using Lightning.Routing.Gossip;
using Lightning.Routing.Graph;

namespace Lightning.Routing.Tests.Gossip;

public class ChannelUpdateTests
{
    private readonly GossipTestKit _kit = new();
    private readonly uint _now = GossipTestKit.Seconds(GossipTestKit.Start);

    public ChannelUpdateTests() => _kit.Offer(GossipTestKit.Announcement(1, 1, 2));

    [Fact]
    public void An_update_changes_the_policy_of_its_direction()
    {
        var update = GossipTestKit.Update(1, 1, 2, _now);
        var delta = Assert.IsType<PolicyChanged>(Assert.Single(Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(update)).Deltas));
        Assert.Equal(
            new PolicyChanged(
                update.ShortChannelId, update.Direction, new ChannelPolicy(new MilliSatoshi(1000), 100, 40, new MilliSatoshi(1), new MilliSatoshi(900_000_000), IsDisabled: false, _now)),
            delta);
        var channel = _kit.Table.Find(update.ShortChannelId)!;
        Assert.Equal(_now, channel.Update(update.Direction).Timestamp);
        Assert.Equal(0u, channel.Update(1 - update.Direction).Timestamp);
        Assert.True(channel.Update(update.Direction).IsRelayed);
    }

    [Fact]
    public void A_signature_of_the_other_node_closes_the_connection()
    {
        var update = GossipTestKit.Update(1, 1, 2, _now, u => u with { ChannelFlags = (byte)(u.ChannelFlags ^ 1) });
        Assert.True(Assert.IsType<GossipVerdict.Refused>(_kit.Verdict(update)).Close);
    }

    [Fact]
    public void An_older_update_is_ignored()
    {
        _kit.Offer(GossipTestKit.Update(1, 1, 2, _now));
        Assert.Equal(IgnoreReason.Outdated, _kit.Ignored(GossipTestKit.Update(1, 1, 2, _now - 1)));
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Update(1, 2, 1, _now - 1)));
    }

    [Fact]
    public void The_same_timestamp_again_is_a_duplicate_or_a_contradiction_and_neither_costs_a_signature()
    {
        var update = GossipTestKit.Update(1, 1, 2, _now);
        _kit.Offer(update);
        var checks = _kit.Checks;
        Assert.Equal(IgnoreReason.Duplicate, _kit.Ignored(GossipTestKit.Received(update with { Signature = default })));
        Assert.Equal(IgnoreReason.Contradictory, _kit.Ignored(GossipTestKit.Update(1, 1, 2, _now, u => u with { FeeProportionalMillionths = 7 })));
        Assert.Equal(checks, _kit.Checks);
    }

    [Fact]
    public void An_update_of_two_weeks_ago_is_stale()
    {
        var twoWeeks = 14 * 86_400u;
        Assert.Equal(IgnoreReason.Stale, _kit.Ignored(GossipTestKit.Update(1, 1, 2, _now - twoWeeks - 1)));
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Update(1, 1, 2, _now - twoWeeks)));
        Assert.Equal(IgnoreReason.Stale, _kit.Ignored(GossipTestKit.Update(1, 2, 1, 0)));
    }

    [Fact]
    public void An_update_from_beyond_tomorrow_is_not_believed()
    {
        Assert.Equal(IgnoreReason.FromTheFuture, _kit.Ignored(GossipTestKit.Update(1, 1, 2, _now + 86_401)));
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Update(1, 1, 2, _now + 86_400)));
    }

    [Fact]
    public void An_update_of_another_chain_is_ignored() =>
        Assert.Equal(IgnoreReason.OtherChain, _kit.Ignored(GossipTestKit.Update(1, 1, 2, _now, u => u with { ChainHash = Network.Mainnet.GenesisHash })));

    [Theory]
    [InlineData(1_000_000_001, 1)]
    [InlineData(5, 6)]
    public void A_limit_that_cannot_be_meant_keeps_payments_away(long maximum, long minimum)
    {
        var update = GossipTestKit.Update(1, 1, 2, _now, u => u with { HtlcMaximum = new MilliSatoshi(maximum), HtlcMinimum = new MilliSatoshi(minimum) });
        var delta = Assert.IsType<PolicyChanged>(Assert.Single(Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(update)).Deltas));
        Assert.True(delta.Policy.IsDisabled);
    }

    [Fact]
    public void A_disabled_direction_is_disabled() => Assert.True(Assert.IsType<PolicyChanged>(Assert.Single(Assert.IsType<GossipVerdict.Accepted>(
        _kit.Verdict(GossipTestKit.Update(1, 1, 2, _now, u => u with { ChannelFlags = (byte)(u.ChannelFlags | 2) }))).Deltas)).Policy.IsDisabled);

    [Fact]
    public void An_update_that_must_not_be_forwarded_is_used_and_not_told_on()
    {
        var update = GossipTestKit.Update(1, 1, 2, _now, u => u with { MessageFlags = 3 });
        Assert.Single(Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(update)).Deltas);
        Assert.False(_kit.Table.Find(update.ShortChannelId)!.Update(update.Direction).IsRelayed);
    }

    [Fact]
    public void Must_be_one_is_ignored() =>
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Update(1, 1, 2, _now, u => u with { MessageFlags = 0 })));

    [Fact]
    public void A_direction_is_not_updated_too_often()
    {
        var kit = new GossipTestKit(new GossipLimits { Updates = new RateLimit(TimeSpan.FromMinutes(1), 3) });
        kit.Offer(GossipTestKit.Announcement(1, 1, 2));
        for (var i = 0u; i < 3; i++) Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.Update(1, 1, 2, _now + i)));
        var checks = kit.Checks;
        Assert.Equal(IgnoreReason.RateLimited, kit.Ignored(GossipTestKit.Update(1, 1, 2, _now + 3)));
        Assert.Equal(checks, kit.Checks);

        // The other direction has a limit of its own; a forged update takes nothing from it.
        Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.Update(1, 2, 1, _now)));
        for (var i = 1u; i < 9; i++) Assert.IsType<GossipVerdict.Refused>(kit.Verdict(GossipTestKit.Received(GossipTestKit.Update(1, 2, 1, _now + i) with { CltvExpiryDelta = 9 })));
        Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.Update(1, 2, 1, _now + 10)));
        kit.Now += TimeSpan.FromMinutes(1);
        Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.Update(1, 1, 2, _now + 4)));
    }

    [Fact]
    public void Updates_that_come_before_the_announcement_wait_for_it()
    {
        var outcomes = _kit.Offer(
            GossipTestKit.Update(2, 3, 4, _now), GossipTestKit.Update(2, 4, 3, _now), GossipTestKit.NodeAnnouncement(3, _now), GossipTestKit.Announcement(2, 3, 4));
        Assert.Equal(3, outcomes.Count(o => o.Verdict is GossipVerdict.Held));
        Assert.Equal(4, outcomes.Count(o => o.Verdict is GossipVerdict.Accepted));
        Assert.Equal(3, outcomes.Count(o => o.WasHeld));
        Assert.Equal(0, _kit.Intake.Held);
        Assert.Equal(new UpdatePair(_now, _now), _kit.Table.Find(TestNodes.Scid(2))!.Timestamps);
    }

    [Fact]
    public void What_waits_for_an_announcement_is_bounded_for_each_peer_and_in_time()
    {
        var kit = new GossipTestKit(new GossipLimits { MaxHeldPerPeer = 5, MaxHeld = 8 });
        for (var i = 0u; i < 20; i++) kit.Verdict(GossipTestKit.Update(2, 3, 4, _now + i));
        Assert.Equal(5, kit.Intake.Held);
        for (var i = 0u; i < 20; i++) kit.Verdict(GossipTestKit.Update(2, 3, 4, _now + i), TestNodes.Node(31));
        Assert.Equal(8, kit.Intake.Held);
        kit.Now += kit.Limits.HeldFor;
        Assert.IsType<GossipVerdict.Held>(kit.Verdict(GossipTestKit.Update(2, 3, 4, _now)));
        Assert.Equal(1, kit.Intake.Held);
    }

    [Fact]
    public void Our_peer_tells_us_about_its_side_of_a_channel_that_nobody_else_knows()
    {
        var alias = TestNodes.Scid(77);
        _kit.Validator.AddOwnChannel(alias, TestNodes.Node(5));
        var update = GossipTestKit.Update(77, 5, 0, _now, u => u with { MessageFlags = 3 });
        Assert.IsType<GossipVerdict.Held>(_kit.Verdict(update));
        Assert.IsType<GossipVerdict.AcceptedForOwnChannel>(_kit.Verdict(update, TestNodes.Node(5)));

        // Not our side, and not signed by another.
        Assert.IsType<GossipVerdict.Held>(_kit.Verdict(GossipTestKit.Update(77, 0, 5, _now), TestNodes.Node(5)));
        Assert.IsType<GossipVerdict.Refused>(_kit.Verdict(GossipTestKit.Update(77, 6, 0, _now, u => u with { ChannelFlags = update.ChannelFlags }), TestNodes.Node(5)));
        _kit.Validator.RemoveOwnChannel(alias);
        Assert.IsType<GossipVerdict.Held>(_kit.Verdict(update, TestNodes.Node(5)));
    }

    [Fact]
    public void A_spent_channel_takes_only_updates_that_disable_it()
    {
        var channel = _kit.Table.Find(TestNodes.Scid(1))!;
        Spend(_kit, channel, 800_020);
        Assert.Equal(IgnoreReason.Spent, _kit.Ignored(GossipTestKit.Update(1, 1, 2, _now)));
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Update(1, 1, 2, _now, u => u with { ChannelFlags = (byte)(u.ChannelFlags | 2) })));
    }

    internal static void Spend(GossipTestKit kit, KnownChannel channel, uint height) => Assert.Same(
        channel, Assert.Single(GossipPruning.Connect(kit.Table, height, [GossipPruningTests.Spending(channel.Funding.OutPoint)])));
}
