using CsCheck;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;
using Lightning.Routing.Gossip;
using Lightning.Routing.Gossip.Queries;
using Lightning.Routing.Gossip.Sending;

namespace Lightning.Routing.Tests.Gossip;

public class GossipQueryTests
{
    private static readonly GossipLimits Small = new() { IdsPerReply = 3, IdsPerQuery = 4 };

    private readonly uint _now = GossipTestKit.Seconds(GossipTestKit.Start);

    [Fact]
    public void Whatever_range_is_asked_the_asker_ends_with_all_channels_of_it() => Gen.Select(
        Gen.Select(Gen.UInt[100, 110], Gen.UInt[0, 3], Gen.Int[0, 6]).Array[0, 40],
        Gen.UInt[98, 112],
        Gen.OneOf(Gen.UInt[0, 15], Gen.Const(uint.MaxValue))).Sample(
        (channels, first, count) =>
        {
            var server = new GossipTestKit(Small) { IsTrusting = true };
            var client = new GossipTestKit(Small) { IsTrusting = true };
            foreach (var (block, index, with) in channels) AddWithUpdates(server, new ShortChannelId(block, index, 0), with);

            // The asker has some of them already.
            foreach (var (block, index, with) in channels.Take(channels.Length / 3)) AddWithUpdates(client, new ShortChannelId(block, index, 0), with, client.Table.ChannelCount % 2);
            var before = Ids(client.Table);
            var replies = Synchronize(server, client, first, count);

            var end = (ulong)first + Math.Max(1, count);
            var asked = Ids(server.Table).Where(id => id.BlockHeight >= first && id.BlockHeight < end);
            Assert.Equal(asked.Union(before).Order(), Ids(client.Table));
            foreach (var id in asked) Assert.Equal(server.Table.Find(id)!.Timestamps, client.Table.Find(id)!.Timestamps);

            // The rules for whoever answers.
            Assert.Equal(first, replies[0].FirstBlockHeight);
            Assert.True(replies.Zip(replies.Skip(1)).All(pair => pair.Second.FirstBlockHeight >= pair.First.FirstBlockHeight && pair.Second.FirstBlockHeight <= pair.First.FirstBlockHeight + pair.First.NumberOfBlocks));
            Assert.Equal(end, (ulong)replies[^1].FirstBlockHeight + replies[^1].NumberOfBlocks);
            Assert.All(replies, (reply, i) => Assert.Equal(i == replies.Count - 1 ? 1 : 0, reply.SyncComplete));
            Assert.All(replies, reply => Assert.InRange(reply.ShortChannelIds.Count, 0, 3));
        },
        iter: 200);

    [Fact]
    public void A_full_reply_fits_into_a_message()
    {
        var limits = new GossipLimits();
        var pairs = Enumerable.Repeat(new UpdatePair(uint.MaxValue, uint.MaxValue), limits.IdsPerReply).ToArray();
        var reply = new ReplyChannelRange(GossipTestKit.Chain, 0, uint.MaxValue, 1, [.. Enumerable.Range(0, limits.IdsPerReply).Select(i => new ShortChannelId((ulong)i))])
        {
            Timestamps = EquatableArray.Create<UpdatePair>(pairs),
            Checksums = EquatableArray.Create<UpdatePair>(pairs),
        };
        Assert.InRange(MessageCodec.Encode(reply).Length, 60_000, 65_535);
    }

    [Fact]
    public void Of_another_chain_nothing_is_known()
    {
        var server = Server(5);
        var peer = Peer(server);
        Assert.Null(peer.Receive(new QueryChannelRange(Network.Mainnet.GenesisHash, 0, 10), server.Now));
        var reply = Assert.IsType<ReplyChannelRange>(Assert.Single(Drain(peer, server)).Message);
        Assert.Equal((Network.Mainnet.GenesisHash, 0, (byte)1), (reply.ChainHash, reply.ShortChannelIds.Count, reply.SyncComplete));
        Assert.Null(peer.Receive(new QueryShortChannelIds(Network.Mainnet.GenesisHash, [TestNodes.Scid(1)]), server.Now));
        Assert.Equal(new ReplyShortChannelIdsEnd(Network.Mainnet.GenesisHash, 0), Assert.Single(Drain(peer, server)).Message);
    }

    [Fact]
    public void Timestamps_and_checksums_come_where_they_are_asked_for()
    {
        var server = Server(1);
        var peer = Peer(server);
        peer.Receive(new QueryChannelRange(GossipTestKit.Chain, 0, uint.MaxValue), server.Now);
        var plain = Assert.IsType<ReplyChannelRange>(Assert.Single(Drain(peer, server)).Message);
        Assert.Null(plain.Timestamps);
        Assert.Null(plain.Checksums);
        peer.Receive(new QueryChannelRange(GossipTestKit.Chain, 0, uint.MaxValue) { QueryOptions = QueryOptionFlags.Timestamps | QueryOptionFlags.Checksums }, server.Now);
        var full = Assert.IsType<ReplyChannelRange>(Assert.Single(Drain(peer, server)).Message);
        Assert.Equal(server.Table[0].Timestamps, Assert.Single(full.Timestamps!.Value));
        Assert.Equal(server.Table[0].Checksums, Assert.Single(full.Checksums!.Value));
        Assert.NotEqual(0u, full.Checksums!.Value[0].Node1);
    }

    [Fact]
    public void A_second_question_before_the_answer_is_refused()
    {
        var server = Server(20);
        var peer = Peer(server);
        Assert.Null(peer.Receive(new QueryChannelRange(GossipTestKit.Chain, 0, uint.MaxValue), server.Now));
        Assert.NotNull(peer.Receive(new QueryChannelRange(GossipTestKit.Chain, 0, uint.MaxValue), server.Now));
        Assert.Null(peer.Receive(new QueryShortChannelIds(GossipTestKit.Chain, [TestNodes.Scid(1)]), server.Now));
        Assert.NotNull(peer.Receive(new QueryShortChannelIds(GossipTestKit.Chain, [TestNodes.Scid(1)]), server.Now));
        Drain(peer, server);
        Assert.Null(peer.Receive(new QueryChannelRange(GossipTestKit.Chain, 0, uint.MaxValue), server.Now));
    }

    [Fact]
    public void An_id_that_is_asked_for_a_thousand_times_is_answered_once()
    {
        var server = Server(1);
        var peer = Peer(server);
        peer.Receive(new QueryShortChannelIds(GossipTestKit.Chain, [.. Enumerable.Repeat(server.Table[0].ShortChannelId, 1000)]), server.Now);
        Assert.Equal(4, Drain(peer, server).Count);
    }

    [Fact]
    public void Flags_choose_the_messages_and_nodes_are_told_of_once()
    {
        var server = new GossipTestKit { IsTrusting = true };
        foreach (var i in new[] { 1, 2 }) AddWithUpdates(server, TestNodes.Scid(i), 0);
        server.Offer(GossipTestKit.Unsigned(10, _now), GossipTestKit.Unsigned(20, _now));
        var peer = Peer(server);
        peer.Receive(new QueryShortChannelIds(GossipTestKit.Chain, [TestNodes.Scid(1), TestNodes.Scid(2)]), server.Now);
        Assert.Equal(
            [typeof(ChannelAnnouncement), typeof(ChannelUpdate), typeof(ChannelUpdate), typeof(NodeAnnouncement), typeof(NodeAnnouncement), typeof(ChannelAnnouncement), typeof(ChannelUpdate), typeof(ChannelUpdate), typeof(ReplyShortChannelIdsEnd)],
            Drain(peer, server).Select(o => Resolve(server, o).GetType()));

        peer.Receive(
            new QueryShortChannelIds(GossipTestKit.Chain, [TestNodes.Scid(1), TestNodes.Scid(2), TestNodes.Scid(3)])
            {
                QueryFlags = [QueryFlags.ChannelUpdate2, QueryFlags.None, QueryFlags.ChannelAnnouncement],
            },
            server.Now);
        var answer = Drain(peer, server).Select(o => Resolve(server, o)).ToList();
        Assert.Equal(1, Assert.IsType<ChannelUpdate>(answer[0]).Direction);
        Assert.Equal(2, answer.Count);
    }

    [Fact]
    public void A_spent_channel_is_not_told_of()
    {
        var server = Server(3);
        ChannelUpdateTests.Spend(server, server.Table[1], 800_020);
        var peer = Peer(server);
        peer.Receive(new QueryChannelRange(GossipTestKit.Chain, 0, uint.MaxValue), server.Now);
        Assert.Equal(2, Assert.IsType<ReplyChannelRange>(Assert.Single(Drain(peer, server)).Message).ShortChannelIds.Count);
        peer.Receive(new QueryShortChannelIds(GossipTestKit.Chain, [server.Table[1].ShortChannelId]), server.Now);
        Assert.Single(Drain(peer, server));
    }

    [Fact]
    public void What_one_peer_is_sent_is_bounded_in_time()
    {
        var server = new GossipTestKit(new GossipLimits { Sent = new RateLimit(TimeSpan.FromSeconds(1), 20) }) { IsTrusting = true };
        for (var i = 1; i <= 50; i++) AddWithUpdates(server, TestNodes.Scid(i), 0);
        var peer = Peer(server);
        peer.Receive(new QueryShortChannelIds(GossipTestKit.Chain, [.. Enumerable.Range(1, 50).Select(TestNodes.Scid)]), server.Now);
        var first = Drain(peer, server).Count;
        Assert.InRange(first, 10, 40);
        Assert.True(peer.HasMore);
        server.Now += TimeSpan.FromSeconds(30);
        Assert.InRange(Drain(peer, server).Count, 10, 60);
    }

    [Theory]
    [InlineData("order")]
    [InlineData("duplicate")]
    [InlineData("elsewhere")]
    [InlineData("backwards")]
    [InlineData("late")]
    public void An_answer_that_breaks_the_rules_ends_the_asking(string how)
    {
        var kit = new GossipTestKit();
        var sync = new GossipSync(kit.Table, GossipTestKit.Chain, kit.Limits, 100, 100);
        sync.Begin(kit.Now);
        var step = how switch
        {
            "order" => sync.OnReply(Reply(100, 100, TestScid(120), TestScid(110)), kit.Now),
            "duplicate" => sync.OnReply(Reply(100, 100, TestScid(120), TestScid(120)), kit.Now),
            "elsewhere" => sync.OnReply(Reply(0, 100), kit.Now),
            "backwards" => new[] { sync.OnReply(Reply(100, 50, TestScid(120)) with { SyncComplete = 0 }, kit.Now), sync.OnReply(Reply(99, 50), kit.Now) }[1],
            _ => sync.OnReply(Reply(101, 99), kit.Now),
        };
        Assert.NotNull(step.Violation);
        Assert.True(sync.IsDone);
        Assert.False(sync.IsComplete);
    }

    [Fact]
    public void Answers_that_nobody_asked_for_are_passed_over()
    {
        var kit = new GossipTestKit();
        var sync = new GossipSync(kit.Table, GossipTestKit.Chain, kit.Limits, 100, 100);
        Assert.Equal(SyncStep.None, sync.OnReply(Reply(100, 100, TestScid(120)), kit.Now));
        Assert.Equal(SyncStep.None, sync.OnEnd(new ReplyShortChannelIdsEnd(GossipTestKit.Chain, 1), kit.Now));
        sync.Begin(kit.Now);

        // The end of a question that was not asked does not end the sync, nor does an answer about another chain.
        Assert.Equal(SyncStep.None, sync.OnEnd(new ReplyShortChannelIdsEnd(GossipTestKit.Chain, 1), kit.Now));
        Assert.Equal(SyncStep.None, sync.OnReply(Reply(100, 100) with { ChainHash = Network.Mainnet.GenesisHash }, kit.Now));
        Assert.Equal(0, sync.Missing);
        Assert.IsType<QueryShortChannelIds>(sync.OnReply(Reply(100, 100, TestScid(120)), kit.Now).Question);
        Assert.Equal(SyncStep.None, sync.OnReply(Reply(100, 100, TestScid(121)), kit.Now));
        Assert.Equal(SyncStep.None, sync.OnEnd(new ReplyShortChannelIdsEnd(GossipTestKit.Chain, 0), kit.Now));
        Assert.True(sync.IsDone && sync.IsComplete);
    }

    [Fact]
    public void A_peer_that_names_channels_without_end_fills_no_memory()
    {
        var kit = new GossipTestKit(new GossipLimits { MaxMissing = 100, MaxReplies = 50 });
        var sync = new GossipSync(kit.Table, GossipTestKit.Chain, kit.Limits, 0, uint.MaxValue);
        sync.Begin(kit.Now);
        for (var i = 0u; i < 50; i++)
        {
            var ids = Enumerable.Range(0, 10).Select(j => new ShortChannelId(i, (uint)j, 0)).ToArray();
            Assert.Null(sync.OnReply(Reply(i == 0 ? 0 : i, 1, ids) with { SyncComplete = 0 }, kit.Now).Violation);
        }

        Assert.Equal(100, sync.Missing);
        Assert.NotNull(sync.OnReply(Reply(51, 1), kit.Now).Violation);
        Assert.Equal(0, sync.Missing);
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_given_up()
    {
        var kit = new GossipTestKit();
        var sync = new GossipSync(kit.Table, GossipTestKit.Chain, kit.Limits, 0, 10);
        sync.Begin(kit.Now);
        Assert.False(sync.Expire(kit.Now));
        Assert.True(sync.Expire(kit.Now + kit.Limits.AnswerWithin));
        Assert.True(sync.IsDone);
    }

    [Fact]
    public void Only_updates_that_are_newer_and_say_something_else_are_asked_for()
    {
        var kit = new GossipTestKit { IsTrusting = true };
        var id = TestScid(120);
        kit.Height = 1_000;
        kit.Offer(GossipTestKit.Unsigned(id, 1, 2), GossipTestKit.Unsigned(id, 0, _now - 100), GossipTestKit.Unsigned(id, 1, _now - 100));
        var sum = kit.Table[0].Checksums;

        Assert.Null(Ask(new UpdatePair(_now - 100, _now - 200), new UpdatePair(1, 1)));
        Assert.Null(Ask(new UpdatePair(_now, _now), sum));
        Assert.Equal([QueryFlags.ChannelUpdate2], Ask(new UpdatePair(_now, _now), sum with { Node2 = 7 })!.QueryFlags!.Value);
        Assert.Equal([QueryFlags.ChannelUpdate1], Ask(new UpdatePair(_now, 0), null)!.QueryFlags!.Value);
        Assert.Null(Ask(null, null));

        // The same terms again keep a channel from being forgotten.
        kit.Now += TimeSpan.FromDays(8);
        Assert.Equal([QueryFlags.ChannelUpdate1 | QueryFlags.ChannelUpdate2], Ask(new UpdatePair(_now, _now), sum)!.QueryFlags!.Value);

        // And what is too old is not asked for, known or not.
        kit.Now += TimeSpan.FromDays(8);
        Assert.Null(Ask(new UpdatePair(_now, _now), new UpdatePair(1, 1)));
        Assert.Null(Ask(new UpdatePair(_now, _now), null, TestScid(130)));

        QueryShortChannelIds? Ask(UpdatePair? timestamps, UpdatePair? checksums, ShortChannelId? about = null)
        {
            var sync = new GossipSync(kit.Table, GossipTestKit.Chain, kit.Limits, 100, 100);
            sync.Begin(kit.Now);
            var reply = Reply(100, 100, about ?? id) with { Timestamps = timestamps is { } t ? [t] : null, Checksums = checksums is { } c ? [c] : null };
            return sync.OnReply(reply, kit.Now).Question as QueryShortChannelIds;
        }
    }

    private static ReplyChannelRange Reply(uint first, uint count, params ShortChannelId[] ids) => new(GossipTestKit.Chain, first, count, 1, EquatableArray.Create<ShortChannelId>(ids));

    private static ShortChannelId TestScid(uint block) => new(block, 1, 0);

    private static void AddWithUpdates(GossipTestKit kit, ShortChannelId id, int with, int updates = 2)
    {
        var now = GossipTestKit.Seconds(kit.Now);
        kit.Offer(GossipTestKit.Unsigned(id, 10 + with, 20));
        for (var direction = 0; direction < updates; direction++) kit.Offer(GossipTestKit.Unsigned(id, direction, now));
    }

    private static GossipTestKit Server(int channels)
    {
        var server = new GossipTestKit(Small with { IdsPerReply = 10 }) { IsTrusting = true };
        for (var i = 1; i <= channels; i++) AddWithUpdates(server, TestNodes.Scid(i), i % 5);
        return server;
    }

    private static PeerGossip Peer(GossipTestKit server) => new(server.Table, TestNodes.Node(31), GossipTestKit.Chain, server.Limits);

    private static List<ShortChannelId> Ids(GossipTable table) => [.. Enumerable.Range(0, table.ChannelCount).Select(i => table[i].ShortChannelId)];

    private static List<OutgoingGossip> Drain(PeerGossip peer, GossipTestKit server)
    {
        var output = new List<OutgoingGossip>();
        while (peer.Next(5, server.Now, output) > 0)
        {
        }

        return output;
    }

    private static LightningMessage Resolve(GossipTestKit server, OutgoingGossip outgoing) => outgoing.Message ?? server.Kept[(int)outgoing.Location];

    // Both sides over the wire's own encoding.
    private static List<ReplyChannelRange> Synchronize(GossipTestKit server, GossipTestKit client, uint first, uint count)
    {
        var replies = new List<ReplyChannelRange>();
        var peer = Peer(server);
        var sync = new GossipSync(client.Table, GossipTestKit.Chain, client.Limits, first, count);
        LightningMessage? question = sync.Begin(client.Now);
        while (question is not null)
        {
            Assert.Null(peer.Receive(GossipTestKit.Received(question), server.Now));
            question = null;
            foreach (var outgoing in Drain(peer, server))
            {
                var message = GossipTestKit.Received(Resolve(server, outgoing));
                var step = SyncStep.None;
                switch (message)
                {
                    case ReplyChannelRange reply:
                        replies.Add(reply);
                        step = sync.OnReply(reply, client.Now);
                        break;
                    case ReplyShortChannelIdsEnd end:
                        step = sync.OnEnd(end, client.Now);
                        break;
                    case SignedGossipMessage gossip:
                        client.Offer(gossip);
                        break;
                }

                Assert.Null(step.Violation);
                question ??= step.Question;
            }
        }

        Assert.True(sync.IsDone && sync.IsComplete);
        return replies;
    }
}
