using Akka.Actor;
using Akka.Cluster.Sharding;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Journal;
using Lightning.Actors.Peers;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Peers;

/// <summary>Peers that have no channel with this node, and may want to harm it.</summary>
public sealed class StrangerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Who_comes_and_goes_leaves_nothing_in_memory()
    {
        var chain = new QuietChain();
        await using var alice = await TestNode.StartAsync("alice", chain, chain);
        await using (var carol = await TestNode.StartAsync("carol", chain, chain))
        {
            Assert.Same(Done.Instance, await carol.Runtime.Actors.Peers.Ask<object>(new ConnectPeer(alice.Id, "127.0.0.1", alice.Address.Port, Persistent: false), Limit));
            await Eventually.True(() => alice.ConnectionTo(carol) is not null);
            Assert.Contains(carol.Id.ToString(), await EntitiesAsync(alice));
        }

        await Eventually.Is(() => EntitiesAsync(alice), static entities => entities.Length == 0, (int)Limit.TotalSeconds);
    }

    [Fact]
    public async Task That_a_channel_is_unknown_is_said_after_a_write_only_and_not_without_end()
    {
        var chain = new QuietChain();
        await using var alice = await TestNode.StartAsync("alice", chain, chain);
        using var stranger = NodeKeys.FromSeed([.. Enumerable.Repeat((byte)8, 32)]);
        using var wire = Inbox.Create(alice.Runtime.Actors.System);
        var connection = new ConnectionId(Guid.NewGuid());
        var peers = alice.Runtime.Actors.Peers;
        peers.Tell(new ConnectionUp(stranger.NodeId, connection, wire.Receiver, FeatureSet.Empty, "here", Inbound: true));
        Assert.IsType<ConnectionAdopted>(wire.Receive(Limit));
        var (errors, credits) = (0, 0);
        for (var i = 0; i < 40; i++)
        {
            var unknown = new ChannelId(new Bytes32([.. Enumerable.Repeat((byte)(i + 1), 32)]));
            peers.Tell(new PeerInbound(stranger.NodeId, connection, new ChannelReestablish(unknown, 1, 0, Bytes32.Zero, stranger.NodeKey.PubKey)), wire.Receiver);
        }

        while (credits < 40)
        {
            switch (wire.Receive(Limit))
            {
                case PeerOutbound { Message: Error }:
                    errors++;
                    break;
                case InboundHandled handled:
                    credits += handled.Count;
                    break;
            }
        }

        Assert.Equal(20, errors);
        using var connected = SqliteSchema.Open(SqliteSchema.ConnectionString(alice.File("lightning.db")));
        using var count = connected.CreateCommand();
        count.CommandText = $"SELECT count(*) FROM journal WHERE persistence_id = 'peer-{stranger.NodeId}'";
        Assert.Equal(20L, count.ExecuteScalar());
    }

    [Fact]
    public async Task A_second_channel_with_the_output_of_another_one_gets_no_id()
    {
        var chain = new QuietChain();
        await using var alice = await TestNode.StartAsync("alice", chain, chain);
        using var stranger = NodeKeys.FromSeed([.. Enumerable.Repeat((byte)9, 32)]);
        using var channel = Inbox.Create(alice.Runtime.Actors.System);
        var peers = alice.Runtime.Actors.Peers;
        ChannelId Id(byte value) => new(new Bytes32([.. Enumerable.Repeat(value, 32)]));
        peers.Tell(new AssignChannelId(stranger.NodeId, new LocalChannelKey(1, 1), Id(1), Id(5)), channel.Receiver);
        Assert.Equal(new LocalChannelKey(1, 1), Assert.IsType<ChannelIdAssigned>(channel.Receive(Limit)).Channel);
        peers.Tell(new AssignChannelId(stranger.NodeId, new LocalChannelKey(1, 2), Id(2), Id(5)), channel.Receiver);
        peers.Tell(new AssignChannelId(stranger.NodeId, new LocalChannelKey(1, 3), Id(3), Id(6)), channel.Receiver);
        Assert.Equal(new LocalChannelKey(1, 3), Assert.IsType<ChannelIdAssigned>(channel.Receive(Limit)).Channel);
        peers.Tell(new AssignChannelId(stranger.NodeId, new LocalChannelKey(1, 1), Id(1), Id(5)), channel.Receiver);
        Assert.Equal(new LocalChannelKey(1, 1), Assert.IsType<ChannelIdAssigned>(channel.Receive(Limit)).Channel);
    }

    private static async Task<string[]> EntitiesAsync(TestNode node)
    {
        var state = await node.Runtime.Actors.Peers.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Limit);
        return [.. state.Shards.SelectMany(static shard => shard.EntityIds)];
    }
}
