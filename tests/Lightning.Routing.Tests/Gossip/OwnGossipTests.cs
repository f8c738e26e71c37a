using System.Net;
using Lightning.Protocol.Features;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;
using Lightning.Routing.Gossip;
using Lightning.Routing.Gossip.Own;

namespace Lightning.Routing.Tests.Gossip;

public class OwnGossipTests
{
    private static readonly AnnouncementConditions Met = new(IsPublic: true, IsReadySent: true, IsReadyReceived: true, IsShutdownSent: false, Confirmations: 6);

    [Fact]
    public void Our_timestamps_always_grow()
    {
        var now = GossipTestKit.Seconds(GossipTestKit.Start);
        Assert.Equal(now, OwnGossip.NextTimestamp(0, GossipTestKit.Start));
        Assert.Equal(now + 1, OwnGossip.NextTimestamp(now, GossipTestKit.Start));
        Assert.Equal(now + 501, OwnGossip.NextTimestamp(now + 500, GossipTestKit.Start));
    }

    [Fact]
    public void Our_update_is_accepted_by_others()
    {
        var kit = new GossipTestKit();
        kit.Offer(GossipTestKit.Announcement(1, 0, 3));
        var update = GossipSignatures.Sign(OwnGossip.Update(GossipTestKit.Chain, TestNodes.Us, Channel(), GossipTestKit.Seconds(kit.Now)), TestNodes.KeyOf(TestNodes.Us));
        Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.Received(update)));
    }

    [Fact]
    public void Our_update_promises_no_more_than_the_channel_and_the_peer_carry()
    {
        var capacity = Update(Channel());
        Assert.Equal(new MilliSatoshi(500_000_000), capacity.HtlcMaximum);
        Assert.Equal((byte)1, capacity.MessageFlags);
        Assert.Equal(new MilliSatoshi(400_000_000), Update(Channel() with { PeerMaxInFlight = new MilliSatoshi(400_000_000) }).HtlcMaximum);
        var tiny = Update(Channel() with { PeerHtlcMinimum = new MilliSatoshi(600_000_000) });
        Assert.True(tiny.HtlcMinimum <= tiny.HtlcMaximum);
        Assert.Equal(new MilliSatoshi(300), Update(Channel() with { Terms = Channel().Terms with { HtlcMaximum = new MilliSatoshi(300) } }).HtlcMaximum);
    }

    [Fact]
    public void An_update_for_the_peer_only_is_marked_so()
    {
        var update = Update(Channel() with { IsAnnounced = false, IsDisabled = true });
        Assert.True(update is { DontForward: true, IsDisabled: true });
        Assert.Equal(TestNodes.Us.CompareTo(TestNodes.Dave) < 0 ? 0 : 1, update.Direction);
    }

    [Fact]
    public void Our_node_announcement_leaves_out_what_must_not_be_announced()
    {
        NodeAddress[] addresses =
        [
            NodeAddress.FromHostname("b.org", 1), NodeAddress.FromHostname("a.org", 1), NodeAddress.FromEndPoint(IPEndPoint.Parse("[::1]:1")),
            NodeAddress.FromEndPoint(IPEndPoint.Parse("1.2.3.4:0")), NodeAddress.FromEndPoint(IPEndPoint.Parse("1.2.3.4:5")),
        ];
        var announcement = OwnGossip.Announcement(TestNodes.Us, NodeAlias.FromText("us"), 0x010203, DefaultFeatures.All, addresses, 5);
        Assert.Equal(["1.2.3.4:5", "[::1]:1", "a.org:1"], announcement.Addresses.Select(a => $"{a}"));
        Assert.Equal(DefaultFeatures.NodeAnnouncement, announcement.Features);
    }

    [Theory]
    [InlineData(false, true, true, false, 6u)]
    [InlineData(true, false, true, false, 6u)]
    [InlineData(true, true, false, false, 6u)]
    [InlineData(true, true, true, true, 6u)]
    [InlineData(true, true, true, false, 5u)]
    public void Signatures_are_not_sent_before_all_conditions_are_met(bool isPublic, bool sent, bool received, bool shutdown, uint confirmations)
    {
        var (ours, theirs, _) = Exchange();
        var conditions = new AnnouncementConditions(isPublic, sent, received, shutdown, confirmations);
        Assert.Equal(default, ours.Proceed(conditions));
        var step = ours.Receive(theirs, conditions);
        Assert.Null(step.Send);
        Assert.Null(step.Announce);
    }

    [Fact]
    public void Both_sides_send_and_both_can_announce()
    {
        var (ours, theirs, own) = Exchange();
        Assert.Equal(own, ours.Proceed(Met).Send);
        Assert.Equal(default, ours.Proceed(Met));
        var step = ours.Receive(theirs, Met);
        Assert.Null(step.Send);
        Assert.True(GossipSignatures.Verify(step.Announce!));
        Assert.Equal(default, ours.Receive(theirs, Met));
    }

    [Fact]
    public void Signatures_that_come_first_are_answered()
    {
        var (ours, theirs, own) = Exchange();
        var step = ours.Receive(theirs, Met);
        Assert.Equal(own, step.Send);
        Assert.NotNull(step.Announce);
    }

    [Fact]
    public void Signatures_that_come_too_early_count_later()
    {
        var (ours, theirs, own) = Exchange();
        Assert.Equal(default, ours.Receive(theirs, Met with { IsReadySent = false }));
        Assert.Equal(default, ours.Proceed(Met with { Confirmations = 3 }));
        var step = ours.Proceed(Met);
        Assert.Equal(own, step.Send);
        Assert.NotNull(step.Announce);
    }

    [Fact]
    public void After_a_reconnection_they_are_sent_again_unless_the_peers_are_there()
    {
        var (ours, theirs, own) = Exchange();
        ours.Proceed(Met);
        ours.Connected();
        Assert.Equal(own, ours.Proceed(Met).Send);
        ours.Receive(theirs, Met);
        ours.Connected();
        Assert.Equal(default, ours.Proceed(Met));
        Assert.Equal(own, ours.Receive(theirs, Met).Send);
    }

    [Fact]
    public void Wrong_signatures_or_another_channel_are_warned_about()
    {
        var (ours, theirs, _) = Exchange();
        Assert.NotNull(ours.Receive(theirs with { ShortChannelId = default }, Met).Warning);
        Assert.NotNull(ours.Receive(theirs with { BitcoinSignature = theirs.NodeSignature }, Met).Warning);
        Assert.Null(ours.Receive(theirs, Met).Warning);
    }

    private static ChannelUpdate Update(OwnChannel channel) => OwnGossip.Update(GossipTestKit.Chain, TestNodes.Us, channel, 7);

    private static OwnChannel Channel() => new(
        TestNodes.Scid(1),
        TestNodes.Dave,
        new Satoshi(500_000),
        new MilliSatoshi(2_000_000_000),
        new MilliSatoshi(1),
        new OwnTerms(new MilliSatoshi(1000), 100, 40, new MilliSatoshi(1_000_000_000)),
        IsAnnounced: true,
        IsDisabled: false);

    private static (AnnouncementExchange Exchange, AnnouncementSignatures Theirs, AnnouncementSignatures Own) Exchange()
    {
        var peer = TestNodes.Dave;
        var (ownFunding, theirFunding) = (TestNodes.KeyOf(TestNodes.Node(20)), TestNodes.KeyOf(TestNodes.Node(21)));
        var unsigned = ChannelAnnouncements.Unsigned(GossipTestKit.Chain, TestNodes.Scid(1), FeatureSet.Empty, TestNodes.Us, ownFunding.PubKey, peer, theirFunding.PubKey);
        var hash = unsigned.SignedHash();
        var own = new AnnouncementSignatures(default, TestNodes.Scid(1), TestNodes.KeyOf(TestNodes.Us).Sign(hash), ownFunding.Sign(hash));
        var theirs = new AnnouncementSignatures(default, TestNodes.Scid(1), TestNodes.KeyOf(peer).Sign(hash), theirFunding.Sign(hash));
        return (new AnnouncementExchange(unsigned, peer, own), theirs, own);
    }
}
