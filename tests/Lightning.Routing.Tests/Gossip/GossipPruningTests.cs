using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Routing.Gossip;

namespace Lightning.Routing.Tests.Gossip;

public class GossipPruningTests
{
    private readonly GossipTestKit _kit = new();
    private readonly uint _now = GossipTestKit.Seconds(GossipTestKit.Start);

    [Fact]
    public void A_channel_goes_when_one_side_has_been_silent_for_two_weeks()
    {
        _kit.Offer(GossipTestKit.Announcement(1, 1, 2), GossipTestKit.Announcement(2, 2, 3), GossipTestKit.Announcement(3, 3, 4));
        _kit.Offer(GossipTestKit.Update(1, 1, 2, _now), GossipTestKit.Update(1, 2, 1, _now), GossipTestKit.Update(2, 2, 3, _now));
        _kit.Now += TimeSpan.FromDays(10);
        var later = GossipTestKit.Seconds(_kit.Now);
        _kit.Offer(GossipTestKit.Update(1, 1, 2, later), GossipTestKit.Update(1, 2, 1, later), GossipTestKit.Update(2, 2, 3, later));
        Assert.Empty(Prune());
        _kit.Now += TimeSpan.FromDays(5);

        // Of the second one side has spoken, of the third none.
        Assert.Equal([TestNodes.Scid(2), TestNodes.Scid(3)], Prune().Select(c => c.ShortChannelId));
        Assert.Equal(1, _kit.Table.ChannelCount);
        Assert.Null(_kit.Table.Find(TestNodes.Node(4)));
        Assert.NotNull(_kit.Table.Find(TestNodes.Node(2)));
    }

    [Fact]
    public void A_channel_of_ours_stays_however_silent()
    {
        _kit.Offer(GossipTestKit.Announcement(1, 0, 2));
        _kit.Now += TimeSpan.FromDays(20);
        Assert.Empty(Prune(own: true));
        Assert.Single(Prune());
    }

    [Fact]
    public void A_spent_channel_goes_after_72_blocks_and_is_not_told_of_before()
    {
        _kit.Offer(GossipTestKit.Announcement(1, 1, 2));
        var channel = _kit.Table[0];
        Assert.True(channel.IsRelayed);
        ChannelUpdateTests.Spend(_kit, channel, 800_020);
        Assert.False(channel.IsRelayed);
        _kit.Height = 800_091;
        Assert.Empty(Prune());
        _kit.Height = 800_092;
        Assert.Same(channel, Assert.Single(Prune()));
        Assert.Null(_kit.Table.Find(channel.Funding.OutPoint));
        Assert.Equal(0, _kit.Table.NodeCount);
    }

    [Fact]
    public void A_spend_that_is_reorganised_away_is_undone()
    {
        _kit.Offer(GossipTestKit.Announcement(1, 1, 2));
        ChannelUpdateTests.Spend(_kit, _kit.Table[0], 800_020);
        Assert.Empty(GossipPruning.Disconnect(_kit.Table, 800_021));
        Assert.Single(GossipPruning.Disconnect(_kit.Table, 800_020));
        Assert.True(_kit.Table[0].IsRelayed);
    }

    [Fact]
    public void A_funding_that_is_reorganised_away_is_gone_until_it_is_mined_at_its_place_again()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2);
        var funding = Spending(new OutPoint(default, 7));
        var script = ScriptTemplates.MultiSig2Of2(announcement.BitcoinKey1, announcement.BitcoinKey2).ToP2wsh();
        _kit.OnChain(1, new FundingAnswer.Unspent(new FundingOutput(new OutPoint(funding.TxId, 0), new Satoshi(1_000_000)), script, 6));
        _kit.Offer(announcement);
        var channel = _kit.Table[0];
        Assert.Same(channel, Assert.Single(GossipPruning.Disconnect(_kit.Table, 800_000)));
        Assert.Empty(GossipPruning.Disconnect(_kit.Table, 799_999));
        Assert.False(channel.IsRelayed);

        // Elsewhere in the block it is another channel.
        var other = Spending(new OutPoint(default, 9));
        Assert.Empty(GossipPruning.Connect(_kit.Table, 800_000, [funding, other]));
        Assert.False(channel.IsRelayed);
        Assert.Same(channel, Assert.Single(GossipPruning.Connect(_kit.Table, 800_000, [other, funding])));
        Assert.True(channel.IsRelayed);
    }

    [Fact]
    public void Many_channels_go_at_once()
    {
        _kit.Offer(Enumerable.Range(1, 60).Select(i => GossipTestKit.Announcement(i, i % 7, 8 + (i % 5))));
        for (var i = 1; i <= 60; i += 2) ChannelUpdateTests.Spend(_kit, _kit.Table.Find(TestNodes.Scid(i))!, 800_020);
        _kit.Height = 800_092;
        Assert.Equal(30, Prune().Count);
        Assert.Equal(Enumerable.Range(1, 30).Select(i => TestNodes.Scid(i * 2)), Enumerable.Range(0, 30).Select(i => _kit.Table[i].ShortChannelId));
        Assert.Equal(15, _kit.Table.LowerBound(TestNodes.Scid(31)));
    }

    internal static Transaction Spending(OutPoint output) => new(2, [new TxIn(output, default, uint.MaxValue, Witness.Empty)], [], 0);

    private IReadOnlyList<KnownChannel> Prune(bool own = false) =>
        GossipPruning.Prune(_kit.Table, _kit.Limits, _kit.Now, _kit.Height, c => own && (c.Node1.Id == TestNodes.Us || c.Node2.Id == TestNodes.Us));
}
