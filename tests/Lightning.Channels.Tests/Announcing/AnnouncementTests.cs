using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.States;
using Lightning.Channels.Tests.States;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.Announcing;

/// <summary>announcement_signatures (BOLT 7).</summary>
public sealed class AnnouncementTests
{
    [Fact]
    public void Both_sides_sign_once_the_funding_is_buried_and_announce_the_same()
    {
        var pair = ChannelPair.Open(announce: true);
        Assert.All(Both(pair), static node => Assert.Empty(Signatures(node)));
        Assert.All(Both(pair), static node => Assert.Equal(6u, node.Last<ChannelAction.WatchFundingConfirmed>().MinimumDepth));

        Bury(pair);

        Assert.All(Both(pair), static node => Assert.Single(Signatures(node)));
        var announcement = pair.Alice.Last<ChannelAction.AnnounceChannel>().Announcement;
        Assert.Equal(announcement, pair.Bob.Last<ChannelAction.AnnounceChannel>().Announcement);
        Assert.True(GossipSignatures.Verify(announcement));
        Assert.Equal(new ShortChannelId(90, 4, 1), announcement.ShortChannelId);
        Assert.Equal(Network.Regtest.GenesisHash, announcement.ChainHash);
        Assert.Empty(announcement.Features.Bits());
        var funding = pair.Alice.Funded.Commitments.Latest.Funding;
        var isAliceFirst = pair.Alice.NodeId.CompareTo(pair.Bob.NodeId) < 0;
        Assert.Equal(isAliceFirst ? pair.Alice.NodeId : pair.Bob.NodeId, announcement.NodeId1);
        Assert.Equal(isAliceFirst ? funding.LocalPubKey : funding.RemotePubKey, announcement.BitcoinKey1);
        Assert.Equal(isAliceFirst ? funding.RemotePubKey : funding.LocalPubKey, announcement.BitcoinKey2);
    }

    [Fact]
    public void An_unannounced_channel_is_never_signed_for()
    {
        var pair = ChannelPair.Open();

        Bury(pair);
        pair.Reconnect();

        Assert.All(Both(pair), static node => Assert.Empty(Signatures(node)));
    }

    [Fact]
    public void Nothing_is_signed_before_the_sixth_confirmation()
    {
        var pair = ChannelPair.Open(announce: true);
        pair.Alice.Height = 94;

        pair.Alice.Do(Buried(pair));
        Assert.Empty(Signatures(pair.Alice));

        pair.Alice.Height = 95;
        pair.Alice.Do(Buried(pair));
        Assert.Single(Signatures(pair.Alice));
    }

    [Fact]
    public void Nothing_is_signed_before_both_are_ready()
    {
        var pair = new ChannelPair { Announce = true };
        pair.Fund(1_000_000, 0);

        pair.Alice.Do(Buried(pair));
        pair.Alice.Do(Buried(pair));

        Assert.IsType<WaitForChannelReady>(pair.Alice.State);
        Assert.Empty(Signatures(pair.Alice));
    }

    [Fact]
    public void Nothing_is_signed_once_a_shutdown_was_sent()
    {
        var pair = ChannelPair.Open(announce: true);
        pair.Add(pair.Alice, 10_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();

        Bury(pair);

        Assert.All(Both(pair), static node => Assert.IsType<ShuttingDown>(node.State));
        Assert.All(Both(pair), static node => Assert.Empty(Signatures(node)));
    }

    [Fact]
    public void They_are_sent_again_on_each_connection_until_the_peers_have_come()
    {
        var pair = ChannelPair.Open(announce: true);
        pair.Alice.Do(Buried(pair));
        pair.Run();
        Assert.Null(pair.Bob.Funded.Commitments.Gossip.Signatures);

        pair.Reconnect();
        pair.Reconnect();
        Assert.Equal(3, Signatures(pair.Alice).Count);
        Assert.Empty(Signatures(pair.Bob));

        // Bob has deferred what came on this connection until he sees the same.
        pair.Bob.Do(Buried(pair));
        pair.Run();
        Assert.Equal(3, Signatures(pair.Alice).Count);
        Assert.Single(Signatures(pair.Bob));
        Assert.Equal(pair.Alice.Last<ChannelAction.AnnounceChannel>(), pair.Bob.Last<ChannelAction.AnnounceChannel>());

        pair.Reconnect();
        Assert.Equal(3, Signatures(pair.Alice).Count);
        Assert.Single(Signatures(pair.Bob));
    }

    [Fact]
    public void They_are_answered_once_on_a_connection()
    {
        var pair = ChannelPair.Open(announce: true);
        Bury(pair);
        var theirs = Signatures(pair.Bob)[0];
        pair.Reconnect();
        Assert.Single(Signatures(pair.Alice));

        for (var i = 0; i < 3; i++) pair.Alice.Do(Message(pair.Alice, theirs));

        Assert.Equal(2, Signatures(pair.Alice).Count);
        Assert.Single(pair.Alice.Journal.OfType<DurableEvent.AnnouncementReceived>());
    }

    [Fact]
    public void Those_for_another_place_are_warned_of_and_nothing_ends()
    {
        var pair = ChannelPair.Open(announce: true);
        pair.Alice.Do(Buried(pair));
        var theirs = Signatures(pair.Alice)[0] with { ShortChannelId = new ShortChannelId(91, 4, 1) };
        pair.Alice.Outbox.Clear();

        pair.Alice.Do(Message(pair.Alice, theirs));

        Assert.IsType<Warning>(pair.Alice.Outbox.Dequeue());
        Assert.False(pair.Alice.WantsDisconnect);
        Assert.True(pair.Alice.State.Link.IsOnline);
        Assert.Null(pair.Alice.Funded.Commitments.Gossip.Signatures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_wrong_signature_is_warned_of_and_ends_neither_the_connection_nor_the_channel(bool isNodeSignature)
    {
        var pair = ChannelPair.Open(announce: true);
        Bury(pair);
        var (ours, theirs) = (Signatures(pair.Alice)[0], Signatures(pair.Bob)[0]);
        var other = ChannelPair.Open(announce: true);
        other.Alice.Do(Buried(other));

        other.Alice.Do(Message(other.Alice, isNodeSignature ? theirs with { NodeSignature = ours.NodeSignature } : theirs with { BitcoinSignature = ours.BitcoinSignature }));

        Assert.Contains(other.Alice.Sent, static message => message is Warning);
        Assert.False(other.Alice.WantsDisconnect);
        Assert.True(Assert.IsType<Normal>(other.Alice.State).Link.IsOnline);
        Assert.Empty(other.Alice.Journal.OfType<DurableEvent.AnnouncementReceived>());
    }

    [Fact]
    public void A_restarted_channel_has_the_peers_and_announces_again()
    {
        var pair = ChannelPair.Open(announce: true);
        Bury(pair);
        var announced = pair.Alice.Last<ChannelAction.AnnounceChannel>();
        var told = pair.Alice.Last<ChannelAction.AnnouncePolicy>();
        pair.Disconnect();
        pair.Alice.Actions.Clear();

        pair.Alice.Restart();

        Assert.Equal(announced, pair.Alice.Last<ChannelAction.AnnounceChannel>());
        Assert.Equal(told, pair.Alice.Last<ChannelAction.AnnouncePolicy>());
        Assert.Empty(pair.Alice.Actions.OfType<ChannelAction.WatchFundingConfirmed>());
        pair.Connect();
        pair.Run();
        Assert.Single(Signatures(pair.Alice));

        // A peer that has lost them is answered, though nobody has looked how deep the funding is since.
        pair.Alice.Do(Message(pair.Alice, Signatures(pair.Bob)[0]));
        Assert.Equal(2, Signatures(pair.Alice).Count);
    }

    [Fact]
    public void A_reorganisation_that_moves_the_funding_takes_them_back_and_both_sign_anew()
    {
        var pair = ChannelPair.Open(announce: true);
        Bury(pair);
        foreach (var node in Both(pair)) node.Actions.Clear();

        foreach (var node in Both(pair)) node.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 96, 2));
        pair.Run();

        var moved = new ShortChannelId(96, 2, 1);
        foreach (var node in Both(pair))
        {
            Assert.Equal(moved, ((Normal)node.State).ShortChannelId);
            Assert.Equal(moved, node.Last<ChannelAction.ReportReady>().ShortChannelId);
            Assert.Null(node.Funded.Commitments.Gossip.Signatures);
            Assert.Single(Signatures(node));
            var replayed = (Normal)node.Replay();
            Assert.Equal((moved, node.Funded.Commitments.Gossip), (replayed.ShortChannelId, replayed.Commitments.Gossip));
        }

        foreach (var node in Both(pair))
        {
            node.Height = 101;
            node.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 96, 2));
        }

        pair.Run();
        Assert.All(Both(pair), static node => Assert.Equal(2, Signatures(node).Count));
        Assert.All(Both(pair), node => Assert.Equal(moved, node.Last<ChannelAction.AnnounceChannel>().Announcement.ShortChannelId));
        Assert.True(GossipSignatures.Verify(pair.Bob.Last<ChannelAction.AnnounceChannel>().Announcement));
    }

    [Fact]
    public void A_funding_that_moves_before_the_peer_is_ready_is_announced_where_it_is()
    {
        var pair = new ChannelPair { Announce = true };
        pair.Fund(1_000_000, 0);
        pair.Alice.Do(Buried(pair));

        pair.Alice.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 92, 7));

        Assert.Equal(new ShortChannelId(92, 7, 1), ((WaitForChannelReady)pair.Alice.State).ShortChannelId);
    }

    internal static ChannelNode[] Both(ChannelPair pair) => [pair.Alice, pair.Bob];

    internal static void Bury(ChannelPair pair)
    {
        foreach (var node in Both(pair)) node.Do(Buried(pair));
        pair.Run();
    }

    internal static ChannelCommand.FundingConfirmed Buried(ChannelPair pair) => new(pair.FundingTransaction!, 90, 4);

    internal static ChannelCommand.PeerMessages Message(ChannelNode to, LightningMessage message) => new(to.Connection!.Value, [message]);

    private static List<AnnouncementSignatures> Signatures(ChannelNode node) => [.. node.Sent.OfType<AnnouncementSignatures>()];
}
