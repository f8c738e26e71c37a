using System.Net;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.Routing.Gossip;
using Lightning.Routing.Graph;

namespace Lightning.Routing.Tests.Gossip;

public class NodeAnnouncementTests
{
    private readonly GossipTestKit _kit = new();

    public NodeAnnouncementTests() => _kit.Offer(GossipTestKit.Announcement(1, 1, 2));

    [Fact]
    public void A_node_with_a_channel_tells_of_itself()
    {
        var announcement = GossipTestKit.NodeAnnouncement(1, 5, a => a with { Features = DefaultFeatures.NodeAnnouncement });
        var accepted = Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(announcement));
        Assert.Equal([new NodeChanged(announcement.NodeId, DefaultFeatures.NodeAnnouncement, 5)], accepted.Deltas);
        Assert.True(_kit.Table.Find(announcement.NodeId)!.IsRelayed);
    }

    [Fact]
    public void A_node_without_a_channel_waits()
    {
        Assert.IsType<GossipVerdict.Held>(_kit.Verdict(GossipTestKit.NodeAnnouncement(7, 5)));
        Assert.Contains(_kit.Offer(GossipTestKit.Announcement(2, 7, 8)), o => o is { Verdict: GossipVerdict.Accepted, Gossip.Message: NodeAnnouncement });
    }

    [Fact]
    public void Only_a_greater_timestamp_is_news()
    {
        _kit.Offer(GossipTestKit.NodeAnnouncement(1, 5));
        Assert.Equal(IgnoreReason.Duplicate, _kit.Ignored(GossipTestKit.NodeAnnouncement(1, 5)));
        Assert.Equal(IgnoreReason.Outdated, _kit.Ignored(GossipTestKit.NodeAnnouncement(1, 4)));
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.NodeAnnouncement(1, 6)));
    }

    [Fact]
    public void A_wrong_signature_is_refused() => Assert.IsType<GossipVerdict.Refused>(
        _kit.Verdict(GossipTestKit.Received(GossipTestKit.NodeAnnouncement(1, 5) with { RgbColor = 1 })));

    [Fact]
    public void Two_host_names_are_not_told_on()
    {
        var announcement = GossipTestKit.NodeAnnouncement(1, 5, a => a with { Addresses = [NodeAddress.FromHostname("a.org", 1), NodeAddress.FromHostname("b.org", 2)] });
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(announcement));
        Assert.False(_kit.Table.Find(announcement.NodeId)!.IsRelayed);
        Assert.Equal([NodeAddress.FromHostname("a.org", 1)], AnnouncedAddresses.Usable(announcement));
    }

    [Fact]
    public void Addresses_that_are_to_be_ignored_are_left_out()
    {
        var good = NodeAddress.FromEndPoint(IPEndPoint.Parse("1.2.3.4:9735"));
        var announcement = GossipTestKit.NodeAnnouncement(1, 5, a => a with
        {
            Addresses = [good with { Port = 0 }, good, new NodeAddress(NodeAddressType.TorV2, new Bytes(new byte[10]), 1), new NodeAddress(NodeAddressType.TorV3, new Bytes(new byte[35]), 1)],
            UnknownAddresses = Bytes.FromHex("0901"),
        });
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(announcement));
        Assert.Equal([good, announcement.Addresses[3]], AnnouncedAddresses.Usable(announcement));
    }

    [Fact]
    public void A_node_does_not_tell_of_itself_too_often()
    {
        var kit = new GossipTestKit(new GossipLimits { NodeAnnouncements = new RateLimit(TimeSpan.FromMinutes(10), 2) });
        kit.Offer(GossipTestKit.Announcement(1, 1, 2), GossipTestKit.NodeAnnouncement(1, 1));
        kit.Verdict(GossipTestKit.NodeAnnouncement(1, 2));
        Assert.Equal(IgnoreReason.RateLimited, kit.Ignored(GossipTestKit.NodeAnnouncement(1, 3)));
        kit.Now += TimeSpan.FromMinutes(10);
        Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.NodeAnnouncement(1, 3)));
    }
}
