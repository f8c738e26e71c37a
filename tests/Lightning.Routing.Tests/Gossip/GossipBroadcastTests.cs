using Lightning.Protocol.Messages;
using Lightning.Routing.Gossip;
using Lightning.Routing.Gossip.Sending;

namespace Lightning.Routing.Tests.Gossip;

public class GossipBroadcastTests
{
    private static readonly NodeId Other = TestNodes.Node(31);

    private readonly GossipTestKit _kit = new() { IsTrusting = true };
    private readonly uint _now = GossipTestKit.Seconds(GossipTestKit.Start);

    [Fact]
    public void An_announcement_waits_for_the_first_update_and_goes_before_it()
    {
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, 2));
        Assert.Null(_kit.Broadcast.Flush());
        _kit.Offer(GossipTestKit.Unsigned(1, _now), GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now));
        Assert.Equal([typeof(ChannelAnnouncement), typeof(ChannelUpdate), typeof(NodeAnnouncement)], Told(Other).Select(m => m.GetType()));
    }

    [Fact]
    public void Nobody_is_told_what_it_has_said_itself()
    {
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, 2));
        var update = GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now);
        _kit.Offer(update);
        _kit.Verdict(GossipTestKit.Received(update), TestNodes.Node(32));
        var batch = _kit.Broadcast.Flush()!;
        Assert.Empty(Told(GossipTestKit.Peer, batch));
        Assert.Single(Told(TestNodes.Node(32), batch));
        Assert.Equal(2, Told(Other, batch).Count);
    }

    [Fact]
    public void Of_several_updates_only_the_last_is_told_also_to_who_sent_the_first()
    {
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, 2), GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now));
        _kit.Verdict(GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now + 1, fee: 9), Other);
        var batch = _kit.Broadcast.Flush()!;
        Assert.Equal(9u, Assert.IsType<ChannelUpdate>(Assert.Single(Told(GossipTestKit.Peer, batch))).FeeProportionalMillionths);
        Assert.IsType<ChannelAnnouncement>(Assert.Single(Told(Other, batch)));
    }

    [Fact]
    public void A_peer_without_a_filter_is_told_only_what_we_say_ourselves()
    {
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 0, 2), GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now));
        Assert.Empty(Told(Other, filter: null));
        _kit.Intake.Offer(new ReceivedGossip(null, GossipTestKit.Unsigned(TestNodes.Scid(1), 1, _now)), _kit.Now, _kit.Height);
        _kit.Settle();
        Assert.Equal(1, Assert.IsType<ChannelUpdate>(Assert.Single(Told(Other, filter: null))).Direction);
    }

    [Theory]
    [InlineData(0u, 100u, true)]
    [InlineData(1u, 100u, false)]
    [InlineData(0u, 0u, false)]
    public void A_filter_is_a_half_open_range(uint later, uint range, bool isTold)
    {
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, 2), GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now));
        Assert.Equal(isTold ? 2 : 0, Told(Other, filter: new GossipTimestampFilter(GossipTestKit.Chain, _now + later, range)).Count);
        Assert.False(new TimestampFilter(_now - 5, 5).Admits(_now));
        Assert.True(new TimestampFilter(uint.MaxValue, uint.MaxValue).Admits(uint.MaxValue));
    }

    [Fact]
    public void An_update_that_must_not_be_forwarded_is_not()
    {
        var hidden = GossipTestKit.Received(GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now) with { MessageFlags = 3 });
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, 2), hidden);
        Assert.Null(_kit.Broadcast.Flush());
        Assert.Empty(Backlog(new GossipTimestampFilter(GossipTestKit.Chain, 0, uint.MaxValue)));
    }

    [Fact]
    public void Of_a_channel_that_is_spent_meanwhile_only_its_disabling_is_told()
    {
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, 2), GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now));
        ChannelUpdateTests.Spend(_kit, _kit.Table[0], 800_020);
        _kit.Offer(GossipTestKit.Received(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, _now) with { ChannelFlags = 3 }));
        Assert.True(Assert.IsType<ChannelUpdate>(Assert.Single(Told(Other))).IsDisabled);
    }

    [Fact]
    public void A_filter_brings_what_is_known_already_in_its_range()
    {
        Fill(10);
        var all = Backlog(new GossipTimestampFilter(GossipTestKit.Chain, 0, uint.MaxValue));
        Assert.Equal((10, 20, 4), (all.OfType<ChannelAnnouncement>().Count(), all.OfType<ChannelUpdate>().Count(), all.OfType<NodeAnnouncement>().Count()));
        for (var i = 0; i < all.Count; i++)
        {
            // Announcements come before what is about them.
            if (all[i] is ChannelUpdate update) Assert.Contains(all.Take(i).OfType<ChannelAnnouncement>(), a => a.ShortChannelId == update.ShortChannelId);
            if (all[i] is NodeAnnouncement node) Assert.Contains(all.Take(i).OfType<ChannelAnnouncement>(), a => a.NodeId1 == node.NodeId || a.NodeId2 == node.NodeId);
        }

        var some = Backlog(new GossipTimestampFilter(GossipTestKit.Chain, _now - 3, 2));
        Assert.Equal([_now - 3, _now - 2], some.OfType<ChannelUpdate>().Select(u => u.Timestamp).Distinct().Order());
        Assert.Equal(2, some.OfType<ChannelAnnouncement>().Count());
        Assert.Empty(Backlog(new GossipTimestampFilter(Network.Mainnet.GenesisHash, 0, uint.MaxValue)));
        Assert.Empty(Backlog(new GossipTimestampFilter(GossipTestKit.Chain, uint.MaxValue, 0)));
    }

    [Fact]
    public void The_whole_of_gossip_is_not_sent_again_and_again()
    {
        Fill(5);
        var peer = new PeerGossip(_kit.Table, Other, GossipTestKit.Chain, _kit.Limits);
        var sent = 0;
        for (var i = 0; i < 50; i++)
        {
            peer.Receive(new GossipTimestampFilter(GossipTestKit.Chain, 0, uint.MaxValue), _kit.Now);
            sent += Drain(peer).Count;
        }

        Assert.Equal(3 * Backlog(new GossipTimestampFilter(GossipTestKit.Chain, 0, uint.MaxValue)).Count, sent);
    }

    [Fact]
    public void A_peer_that_does_not_read_misses_the_oldest_news()
    {
        _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 1, 2));
        var peer = new PeerGossip(_kit.Table, Other, GossipTestKit.Chain, _kit.Limits);
        peer.Receive(new GossipTimestampFilter(GossipTestKit.Chain, 0, uint.MaxValue), _kit.Now);
        Drain(peer);
        for (var i = 0u; i < 20; i++)
        {
            _kit.Now += TimeSpan.FromMinutes(5);
            _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(1), 0, _now + i));
            peer.Announce(_kit.Broadcast.Flush()!);
        }

        // Each batch names the update, not its bytes: all of them find the last one.
        Assert.InRange(Drain(peer).Count, 1, _kit.Limits.MaxBatches);
    }

    private void Fill(int channels)
    {
        for (var i = 1; i <= channels; i++)
        {
            _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(i), 1, 2 + (i % 3)));
            _kit.Offer(GossipTestKit.Unsigned(TestNodes.Scid(i), 0, _now - (uint)i), GossipTestKit.Unsigned(TestNodes.Scid(i), 1, _now - (uint)i));
        }

        for (var i = 1; i <= 4; i++) _kit.Offer(GossipTestKit.Unsigned(i, _now + 10));
    }

    private List<LightningMessage> Backlog(GossipTimestampFilter filter)
    {
        var peer = new PeerGossip(_kit.Table, Other, GossipTestKit.Chain, _kit.Limits);
        peer.Receive(filter, _kit.Now);
        return Drain(peer);
    }

    private List<LightningMessage> Told(NodeId node) => Told(node, _kit.Broadcast.Flush()!);

    private List<LightningMessage> Told(NodeId node, GossipTimestampFilter? filter) => Told(node, _kit.Broadcast.Flush()!, filter);

    private List<LightningMessage> Told(NodeId node, GossipBatch batch) => Told(node, batch, new GossipTimestampFilter(GossipTestKit.Chain, 0, uint.MaxValue));

    private List<LightningMessage> Told(NodeId node, GossipBatch batch, GossipTimestampFilter? filter)
    {
        var peer = new PeerGossip(new GossipTable(), node, GossipTestKit.Chain, _kit.Limits);
        if (filter is not null) peer.Receive(filter, _kit.Now);
        Drain(peer);
        peer = new PeerGossip(_kit.Table, node, GossipTestKit.Chain, _kit.Limits with { Backlogs = new RateLimit(TimeSpan.FromDays(1), 0) });
        if (filter is not null) peer.Receive(filter, _kit.Now);
        peer.Announce(batch);
        return Drain(peer);
    }

    private List<LightningMessage> Drain(PeerGossip peer)
    {
        var output = new List<OutgoingGossip>();
        while (peer.HasMore) peer.Next(7, _kit.Now, output);
        return [.. output.Select(o => o.Message ?? _kit.Kept[(int)o.Location])];
    }
}
