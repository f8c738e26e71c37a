using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.States;
using Lightning.Channels.Tests.States;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.Announcing;

/// <summary>channel_update of this node's own channels (BOLT 7).</summary>
public sealed class ChannelUpdateTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Before_the_channel_is_announced_the_peer_alone_is_told(bool announce)
    {
        var pair = ChannelPair.Open(announce: announce);

        foreach (var node in AnnouncementTests.Both(pair))
        {
            var update = Assert.Single(Updates(node));
            Assert.True(update.DontForward);
            Assert.Equal(announce ? new ShortChannelId(90, 4, 1) : Aliases.Of(pair.Other(node).Key), update.ShortChannelId);
            Assert.Equal(node.NodeId.CompareTo(pair.Other(node).NodeId) < 0 ? 0 : 1, update.Direction);
            Assert.Equal((1_000L, 1u, (ushort)80, 1L), (update.FeeBase.Value, update.FeeProportionalMillionths, update.CltvExpiryDelta, update.HtlcMinimum.Value));
            Assert.Equal(990_000_000, update.HtlcMaximum.Value);
            Assert.True(GossipSignatures.Verify(update, node.NodeId));
            Assert.Equal(update.Timestamp, pair.Other(node).Funded.Commitments.Gossip.Heard!.Timestamp);
            Assert.Empty(node.Actions.OfType<ChannelAction.AnnouncePolicy>());
        }
    }

    [Fact]
    public void With_its_announcement_the_network_is_told_and_the_peer_too()
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);

        foreach (var node in AnnouncementTests.Both(pair))
        {
            var updates = Updates(node);
            Assert.Equal(2, updates.Count);
            Assert.False(updates[1].DontForward);
            Assert.True(updates[1].Timestamp > updates[0].Timestamp);
            Assert.Equal(updates[1], node.Last<ChannelAction.AnnouncePolicy>().Update);
            var order = node.Actions.FindIndex(static action => action is ChannelAction.AnnounceChannel);
            Assert.True(order >= 0 && order < node.Actions.FindIndex(static action => action is ChannelAction.AnnouncePolicy));
        }
    }

    [Fact]
    public void Each_connection_begins_with_the_present_terms_and_writes_nothing_for_it()
    {
        var pair = ChannelPair.Open();
        pair.Reconnect();

        Assert.Equal(2, Updates(pair.Alice).Count);
        Assert.Equal(Updates(pair.Alice)[0], Updates(pair.Alice)[1]);
        Assert.Single(pair.Alice.Journal.OfType<DurableEvent.PolicyTold>());
        Assert.Single(pair.Alice.Journal.OfType<DurableEvent.PeerPolicyReceived>());
    }

    [Fact]
    public void Timestamps_grow_whatever_the_clock_does_and_over_a_restart()
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);
        for (var i = 0; i < 3; i++)
        {
            pair.Alice.Now -= TimeSpan.FromHours(1);
            pair.Alice.Do(Set(new ForwardingTerms { FeeBase = (10 + i).Msat() }));
            pair.Alice.Restart();
        }

        var told = pair.Alice.Journal.OfType<DurableEvent.PolicyTold>().Select(static one => one.Update.Timestamp).ToList();
        Assert.Equal(5, told.Count);
        Assert.Equal(told.Order().Distinct(), told);
    }

    [Fact]
    public void A_peer_that_is_away_for_long_has_its_channel_disabled_and_at_once_enabled_when_it_is_back()
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);
        pair.Disconnect();
        var before = pair.Alice.Actions.Count;

        pair.Alice.Now += 19 * Minute;
        Assert.False(ChannelUpdates.IsDue(pair.Alice.State, pair.Alice.Environment));
        pair.Alice.Do(new ChannelCommand.Review());
        Assert.DoesNotContain(pair.Alice.Actions.Skip(before), static action => action is ChannelAction.AnnouncePolicy);

        pair.Alice.Now += Minute;
        Assert.True(ChannelUpdates.IsDue(pair.Alice.State, pair.Alice.Environment));
        pair.Alice.Do(new ChannelCommand.Review());
        Assert.True(pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update.IsDisabled);
        Assert.False(ChannelUpdates.IsDue(pair.Alice.State, pair.Alice.Environment));

        pair.Connect();
        pair.Run();
        Assert.False(pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update.IsDisabled);
    }

    [Fact]
    public void A_restart_does_not_make_a_disabled_channel_look_well()
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);
        pair.Disconnect();
        pair.Alice.Now += 21 * Minute;
        pair.Alice.Do(new ChannelCommand.Review());

        pair.Alice.Restart();
        pair.Alice.Do(new ChannelCommand.NewBlock());

        Assert.True(pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update.IsDisabled);
        Assert.True(pair.Alice.Funded.Commitments.Gossip.Told!.IsDisabled);
    }

    [Fact]
    public void The_network_is_told_again_before_it_forgets()
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);
        var first = pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update;
        pair.Alice.Now += TimeSpan.FromDays(6);
        Assert.False(ChannelUpdates.IsDue(pair.Alice.State, pair.Alice.Environment));

        pair.Alice.Now += TimeSpan.FromDays(1.1);
        pair.Alice.Do(new ChannelCommand.NewBlock());

        var again = pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update;
        Assert.True(again.Timestamp > first.Timestamp);
        Assert.Equal(again with { Timestamp = first.Timestamp, Signature = first.Signature }, first);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_channel_on_its_way_to_the_end_is_disabled(bool byForce)
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);
        pair.Add(pair.Alice, 10_000_000, ChannelPair.Preimage(1));
        pair.Run();

        pair.Alice.Do(byForce ? new ChannelCommand.ForceClose() : new ChannelCommand.CloseMutual());
        pair.Run();

        Assert.True(pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update.IsDisabled);
        pair.Alice.Restart();
        pair.Alice.Do(new ChannelCommand.NewBlock());
        Assert.True(pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update.IsDisabled);
    }

    [Fact]
    public void A_copy_that_may_be_old_tells_nothing_before_its_peer_has_shown_that_it_is_not()
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);
        pair.Disconnect();
        pair.Alice.Guarded = true;
        pair.Alice.Restart();
        pair.Alice.Now += TimeSpan.FromDays(30);

        Assert.False(ChannelUpdates.IsDue(pair.Alice.State, pair.Alice.Environment));
    }

    [Fact]
    public void An_operator_changes_some_terms_and_leaves_others()
    {
        var pair = ChannelPair.Open(announce: true);
        AnnouncementTests.Bury(pair);
        var command = Set(new ForwardingTerms { FeeProportionalMillionths = 250, HtlcMaximum = 500_000_000L.Msat() });

        pair.Alice.Do(command);
        pair.Alice.Do(Set(new ForwardingTerms { CltvExpiryDelta = 40 }));

        Assert.Contains(pair.Alice.Actions, action => action is ChannelAction.CommandDone done && done.Command == command);
        var update = pair.Alice.Last<ChannelAction.AnnouncePolicy>().Update;
        Assert.Equal((1_000L, 250u, (ushort)40, 500_000_000L), (update.FeeBase.Value, update.FeeProportionalMillionths, update.CltvExpiryDelta, update.HtlcMaximum.Value));
        pair.Run();
        Assert.Equal(update.Timestamp, pair.Bob.Funded.Commitments.Gossip.Heard!.Timestamp);

        var writes = pair.Alice.Writes;
        pair.Alice.Do(Set(new ForwardingTerms { CltvExpiryDelta = 40 }));
        Assert.Equal(writes, pair.Alice.Writes);
    }

    public static TheoryData<ForwardingTerms> Impossible() =>
    [
        new ForwardingTerms { FeeBase = (uint.MaxValue + 1L).Msat() },
        new ForwardingTerms { FeeBase = (-1L).Msat() },
        new ForwardingTerms { CltvExpiryDelta = 17 },
        new ForwardingTerms { CltvExpiryDelta = 2017 },
        new ForwardingTerms { HtlcMinimum = 0L.Msat() },
        new ForwardingTerms { HtlcMaximum = 990_000_001L.Msat() },
        new ForwardingTerms { HtlcMinimum = 2_000L.Msat(), HtlcMaximum = 1_999L.Msat() },
    ];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Impossible_terms_are_refused(ForwardingTerms terms)
    {
        var pair = ChannelPair.Open();
        var writes = pair.Alice.Writes;

        pair.Alice.Do(Set(terms));

        Assert.Equal(CommandRefusal.Invalid, pair.Alice.Last<ChannelAction.CommandRefused>().Reason);
        Assert.Equal(writes, pair.Alice.Writes);
    }

    [Fact]
    public void Replaced_terms_are_honoured_for_ten_minutes_over_a_restart_too()
    {
        var pair = ChannelPair.Open();
        var node = pair.Alice.Config.Forwarding;
        pair.Alice.Do(Set(new ForwardingTerms { FeeBase = 2_000L.Msat() }));
        pair.Alice.Now += 5 * Minute;
        pair.Alice.Do(Set(new ForwardingTerms { FeeBase = 3_000L.Msat() }));
        pair.Alice.Restart();

        Assert.Equal([3_000, 2_000, 1_000], Honoured());
        pair.Alice.Now += 5 * Minute;
        Assert.Equal([3_000, 2_000], Honoured());
        pair.Alice.Now += 5 * Minute;
        Assert.Equal([3_000], Honoured());

        IEnumerable<long> Honoured() => ChannelGossip.Honoured(pair.Alice.Funded.Commitments, node, pair.Alice.Now).Select(static policy => policy.FeeBase.Value);
    }

    [Fact]
    public void The_peers_terms_are_written_once()
    {
        var pair = ChannelPair.Open();
        var first = Updates(pair.Bob)[0];

        pair.Alice.Do(AnnouncementTests.Message(pair.Alice, Signed(first with { Timestamp = first.Timestamp + 1 })));
        pair.Alice.Do(AnnouncementTests.Message(pair.Alice, Signed(first with { FeeBase = 7L.Msat() })));
        pair.Alice.Do(AnnouncementTests.Message(pair.Alice, Signed(first with { Timestamp = first.Timestamp - 1, FeeBase = 7L.Msat() })));
        pair.Alice.Do(AnnouncementTests.Message(pair.Alice, Signed(first with { Timestamp = first.Timestamp + 7_200, FeeBase = 7L.Msat() })));
        pair.Alice.Do(AnnouncementTests.Message(pair.Alice, Signed(first with { Timestamp = first.Timestamp + 5, FeeBase = 7L.Msat(), ShortChannelId = new ShortChannelId(1, 2, 3) })));
        Assert.Single(pair.Alice.Journal.OfType<DurableEvent.PeerPolicyReceived>());

        pair.Alice.Do(AnnouncementTests.Message(pair.Alice, Signed(first with { Timestamp = first.Timestamp + 2, FeeBase = 7L.Msat() })));
        Assert.Equal(7, pair.Alice.Funded.Commitments.Gossip.Heard!.Policy.FeeBase.Value);
        Assert.True(pair.Alice.State.Link.IsOnline);
    }

    [Fact]
    public void An_update_with_a_wrong_signature_ends_the_connection()
    {
        var pair = ChannelPair.Open();
        var first = Updates(pair.Bob)[0];

        pair.Alice.Do(AnnouncementTests.Message(pair.Alice, first with { Timestamp = first.Timestamp + 1, FeeBase = 7L.Msat() }));

        Assert.True(pair.Alice.WantsDisconnect);
        Assert.Contains(pair.Alice.Sent, static message => message is Warning);
        Assert.IsType<Normal>(pair.Alice.State);
    }

    private static ChannelCommand.SetPolicy Set(ForwardingTerms change) => new(change);

    private static List<ChannelUpdate> Updates(ChannelNode node) => [.. node.Sent.OfType<ChannelUpdate>()];

    // Bob's node key is made of his seed.
    private static ChannelUpdate Signed(ChannelUpdate update)
    {
        var secret = new byte[32];
        Array.Fill(secret, (byte)2);
        using var key = Key.FromBytes(secret);
        return GossipSignatures.Sign(update, key);
    }
}
