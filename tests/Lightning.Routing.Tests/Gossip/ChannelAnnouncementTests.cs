using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.Routing.Gossip;
using Lightning.Routing.Graph;

namespace Lightning.Routing.Tests.Gossip;

public class ChannelAnnouncementTests
{
    private readonly GossipTestKit _kit = new();

    [Fact]
    public void A_signed_and_funded_channel_is_added_with_its_capacity()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2);
        var accepted = Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(announcement));
        var added = Assert.IsType<ChannelAdded>(Assert.Single(accepted.Deltas));
        Assert.Equal(new ChannelAdded(announcement.ShortChannelId, announcement.NodeId1, announcement.NodeId2, new Satoshi(1_000_000)), added);
        var known = _kit.Table.Find(announcement.ShortChannelId)!;
        Assert.Equal((announcement.NodeId1, announcement.NodeId2), (known.Node1.Id, known.Node2.Id));
        Assert.Equal(4, _kit.Checks);
        Assert.Equal(1, _kit.Lookups);
    }

    [Fact]
    public void A_channel_of_another_chain_is_ignored() => Assert.Equal(
        IgnoreReason.OtherChain, _kit.Ignored(GossipTestKit.Announcement(1, 1, 2, change: a => a with { ChainHash = Network.Mainnet.GenesisHash })));

    [Fact]
    public void A_known_channel_costs_no_further_signature()
    {
        _kit.Offer(GossipTestKit.Announcement(1, 1, 2));
        Assert.Equal(IgnoreReason.Duplicate, _kit.Ignored(GossipTestKit.Announcement(1, 1, 2)));
        Assert.Equal(4, _kit.Checks);
    }

    [Fact]
    public void The_same_announcement_from_two_peers_is_checked_once()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2);
        _kit.Intake.Offer(new ReceivedGossip(GossipTestKit.Peer, announcement), _kit.Now, _kit.Height);
        _kit.Intake.Offer(new ReceivedGossip(TestNodes.Node(31), GossipTestKit.Received(announcement)), _kit.Now, _kit.Height);
        Assert.Equal([typeof(GossipVerdict.Ignored), typeof(GossipVerdict.Accepted)], _kit.Settle().Select(o => o.Verdict.GetType()));
        Assert.Equal(4, _kit.Checks);
    }

    [Fact]
    public void A_forged_announcement_does_not_stand_in_the_way_of_the_true_one()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2);
        var forged = GossipTestKit.Received(announcement with { NodeSignature2 = announcement.NodeSignature1 });
        var outcomes = _kit.Offer(forged, announcement);
        var refused = Assert.IsType<GossipVerdict.Refused>(outcomes[0].Verdict);
        Assert.False(refused.Close);
        Assert.IsType<GossipVerdict.Accepted>(outcomes[1].Verdict);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_of_the_four_signatures_counts(int which)
    {
        var good = GossipTestKit.Announcement(1, 1, 2);
        var bad = which switch
        {
            0 => good with { NodeSignature1 = good.NodeSignature2 },
            1 => good with { NodeSignature2 = good.NodeSignature1 },
            2 => good with { BitcoinSignature1 = good.BitcoinSignature2 },
            _ => good with { BitcoinSignature2 = good.BitcoinSignature1 },
        };
        Assert.IsType<GossipVerdict.Refused>(_kit.Verdict(GossipTestKit.Received(bad)));
        Assert.Equal(0, _kit.Table.ChannelCount);
        Assert.Equal(0, _kit.Lookups);
    }

    [Fact]
    public void Unknown_fields_at_the_end_are_signed_too()
    {
        var longer = GossipTestKit.Announcement(1, 1, 2, change: a => a with { ExcessData = Bytes.FromHex("0102") });
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(longer));
    }

    [Fact]
    public void Nodes_in_the_wrong_order_are_refused() => Assert.IsType<GossipVerdict.Refused>(_kit.Verdict(GossipTestKit.Announcement(
        1, 1, 2, change: a => a with { NodeId1 = a.NodeId2, NodeId2 = a.NodeId1, BitcoinKey1 = a.BitcoinKey2, BitcoinKey2 = a.BitcoinKey1 })));

    [Fact]
    public void A_channel_with_itself_is_refused()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2);
        Assert.IsType<GossipVerdict.Refused>(_kit.Verdict(GossipTestKit.Received(announcement with { NodeId2 = announcement.NodeId1 })));
        Assert.Equal(0, _kit.Checks);
    }

    [Fact]
    public void A_funding_output_that_is_missing_is_ignored_and_not_looked_for_again()
    {
        _kit.OnChain(1, FundingAnswer.Missing.Instance);
        Assert.Equal(IgnoreReason.NotFunded, _kit.Ignored(GossipTestKit.Announcement(1, 1, 2)));
        Assert.Equal(IgnoreReason.NotFunded, _kit.Ignored(GossipTestKit.Announcement(1, 1, 2)));
        Assert.Equal(1, _kit.Lookups);
        _kit.Now += _kit.Limits.LookAgainAfter;
        _kit.OnChain(1, null!);
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Announcement(1, 1, 2)));
    }

    [Fact]
    public void Another_script_than_that_of_the_two_keys_is_ignored()
    {
        _kit.OnChain(1, new FundingAnswer.Unspent(new FundingOutput(default, new Satoshi(1)), ScriptTemplates.P2wsh(Bytes32.Zero), 100));
        Assert.Equal(IgnoreReason.NotFunded, _kit.Ignored(GossipTestKit.Announcement(1, 1, 2)));
    }

    [Fact]
    public void A_lie_about_the_keys_does_not_hide_the_true_channel()
    {
        var funding = default(FundingAnswer.Unspent);
        var truth = GossipTestKit.Announcement(1, 1, 2);
        _kit.Intake.Offer(new ReceivedGossip(GossipTestKit.Peer, truth), _kit.Now, _kit.Height);
        var batch = _kit.Intake.TakeSignatures(4)!;
        _kit.Intake.Checked(batch, [true, true, true, true], _kit.Now, _kit.Height);
        funding = GossipTestKit.Funding(Assert.Single(_kit.Intake.TakeLookups(1)).Question);

        var other = new GossipTestKit();
        other.OnChain(1, funding);
        Assert.Equal(IgnoreReason.NotFunded, other.Ignored(GossipTestKit.Announcement(1, 3, 4, fundingKeys: 7)));
        Assert.IsType<GossipVerdict.Accepted>(other.Verdict(truth));
    }

    [Fact]
    public void A_channel_with_too_few_confirmations_is_ignored_for_now()
    {
        // Block 800,000 has its sixth confirmation at 800,005; the last block may be missing.
        _kit.Height = 800_003;
        Assert.Equal(IgnoreReason.TooEarly, _kit.Ignored(GossipTestKit.Announcement(1, 1, 2)));
        Assert.Equal(0, _kit.Checks);
        _kit.Height = 800_004;
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Announcement(1, 1, 2)));
    }

    [Fact]
    public void The_chain_has_the_last_word_on_confirmations()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2);
        _kit.OnChain(1, GossipTestKit.Funding(new FundingQuestion(announcement.ShortChannelId, ScriptTemplates.MultiSig2Of2(announcement.BitcoinKey1, announcement.BitcoinKey2).ToP2wsh()), confirmations: 4));
        Assert.Equal(IgnoreReason.TooEarly, _kit.Ignored(announcement));
    }

    [Fact]
    public void Nothing_is_held_against_a_channel_while_the_chain_is_away()
    {
        _kit.OnChain(1, FundingAnswer.Unknown.Instance);
        Assert.Equal(IgnoreReason.ChainAway, _kit.Ignored(GossipTestKit.Announcement(1, 1, 2)));
        _kit.OnChain(1, null!);
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Announcement(1, 1, 2)));
    }

    [Fact]
    public void A_channel_that_requires_what_we_do_not_know_is_told_on_and_not_routed_through()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2, change: a => a with { Features = FeatureSet.FromBits(1000) });
        Assert.Empty(Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(announcement)).Deltas);
        Assert.Empty(Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Update(1, 1, 2, GossipTestKit.Seconds(_kit.Now)))).Deltas);
        Assert.True(_kit.Table.Find(announcement.ShortChannelId)!.IsRelayed);
    }

    [Fact]
    public void An_odd_feature_bit_does_no_harm() =>
        Assert.Single(Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Announcement(1, 1, 2, change: a => a with { Features = FeatureSet.FromBits(1001) }))).Deltas);

    [Fact]
    public void Nodes_that_sign_two_announcements_of_one_channel_are_forgotten_with_all_their_channels()
    {
        _kit.Offer(GossipTestKit.Announcement(1, 1, 2), GossipTestKit.Announcement(2, 1, 5), GossipTestKit.Announcement(3, 5, 6));
        var conflict = Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Announcement(1, 3, 4)));
        Assert.False(conflict.Kept);
        Assert.Equal([new ChannelRemoved(TestNodes.Scid(1)), new ChannelRemoved(TestNodes.Scid(2))], conflict.Deltas);
        Assert.Equal(1, _kit.Table.ChannelCount);
        Assert.Equal(2, _kit.Table.NodeCount);
        foreach (var (a, b) in new[] { (1, 6), (2, 6), (3, 6), (4, 6) }) Assert.Equal(IgnoreReason.Blacklisted, _kit.Ignored(GossipTestKit.Announcement(10 + a, a, b)));
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Announcement(20, 5, 7)));
    }

    [Fact]
    public void A_conflict_without_valid_signatures_blacklists_nobody()
    {
        _kit.Offer(GossipTestKit.Announcement(1, 1, 2));
        var forged = GossipTestKit.Announcement(1, 3, 4);
        Assert.IsType<GossipVerdict.Refused>(_kit.Verdict(GossipTestKit.Received(forged with { BitcoinSignature1 = forged.BitcoinSignature2 })));
        Assert.IsType<GossipVerdict.Accepted>(_kit.Verdict(GossipTestKit.Announcement(2, 3, 4)));
    }

    [Fact]
    public void A_peer_that_invents_channels_soon_costs_nothing_more()
    {
        var kit = new GossipTestKit(new GossipLimits { FailedLookups = new RateLimit(TimeSpan.FromSeconds(10), 5) });
        for (var i = 1; i <= 20; i++)
        {
            kit.OnChain(i, FundingAnswer.Missing.Instance);
            kit.Verdict(GossipTestKit.Announcement(i, 1, 2));
        }

        Assert.Equal(5, kit.Lookups);
        Assert.Equal(20, kit.Checks);

        // Another peer is served, and this one again after a while.
        Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.Announcement(30, 1, 2), TestNodes.Node(31)));
        kit.Now += TimeSpan.FromSeconds(10);
        Assert.IsType<GossipVerdict.Accepted>(kit.Verdict(GossipTestKit.Announcement(31, 1, 2)));
    }

    [Fact]
    public void What_is_too_long_is_not_kept()
    {
        var announcement = GossipTestKit.Announcement(1, 1, 2, change: a => a with { ExcessData = new Bytes(new byte[2000]) });
        Assert.Equal(IgnoreReason.TooLong, _kit.Ignored(announcement));
    }

    [Fact]
    public void Too_much_at_once_is_turned_away()
    {
        var kit = new GossipTestKit(new GossipLimits { MaxInFlight = 3 });
        var outcomes = kit.Offer(Enumerable.Range(1, 5).Select(i => GossipTestKit.Announcement(i, 1, 2)));
        Assert.Equal(2, outcomes.Count(o => o.Verdict is GossipVerdict.Ignored { Reason: IgnoreReason.Busy }));
        Assert.Equal(3, kit.Table.ChannelCount);
        Assert.Equal(0, kit.Intake.InFlight);
    }
}
