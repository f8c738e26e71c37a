using Akka.Actor;
using Akka.Cluster.Sharding;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Actors.Peers;
using Lightning.Actors.Tests.Hosting;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;
using Lightning.TestKit;

namespace Lightning.Actors.Tests.Peers;

/// <summary>Peers that have no channel with this node, and may want to harm it.</summary>
public sealed class StrangerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Hosted: who is in memory is the shard region's to say.</summary>
    [Fact]
    public async Task Who_comes_and_goes_leaves_nothing_in_memory()
    {
        var chain = new QuietChain();
        await using var alice = await HostedNode.StartAsync("alice", chain, chain);
        await using (var carol = await HostedNode.StartAsync("carol", chain, chain))
        {
            await carol.Node.ConnectPeerAsync(alice.PeerAddress, persistent: false).WaitAsync(Limit);
            await Eventually.True(() => alice.ConnectionTo(carol) is not null);
            Assert.Contains(carol.Id.ToString(), await EntitiesAsync(alice));
        }

        await Eventually.Is(() => EntitiesAsync(alice), static entities => entities.Length == 0, (int)Limit.TotalSeconds);
    }

    [Fact]
    public async Task That_a_channel_is_unknown_is_said_after_a_write_only_and_not_without_end()
    {
        await using var net = await Scenario.Network("alice");
        var stranger = await net.AddScriptedPeer("stranger");
        await stranger.Connect("alice");
        net["alice"].Journal.HoldAnswers();
        for (var i = 0; i < 40; i++) await stranger.Send(Reestablish(i));
        Assert.Empty(stranger.Received.OfType<Error>());

        await net["alice"].Journal.ReleaseAnswers();
        for (var i = 0; i < 20; i++) Assert.Equal(Reestablish(i).ChannelId, (await stranger.ExpectError("unknown channel")).ChannelId);
        await stranger.ExpectNothing();
        Assert.Equal(20, net["alice"].Disk.Highest($"peer-{stranger.Id}"));

        // All of them were dealt with, those without an answer as well: the stranger is listened to as far as anybody is.
        for (var i = 40; i < 1_000; i++) await stranger.Send(Reestablish(i));
        await stranger.Send(new Ping(3, Bytes.Empty));
        Assert.Single(stranger.Received.OfType<Pong>());
        await stranger.ExpectNothing();

        ChannelReestablish Reestablish(int i) => new(new ChannelId(new Bytes32([.. Enumerable.Repeat((byte)(i + 1), 31), (byte)(i >> 8)])), 1, 0, Bytes32.Zero, stranger.NodeKey.PubKey);
    }

    [Fact]
    public async Task A_second_channel_with_the_output_of_another_one_gets_no_id()
    {
        await using var net = await Scenario.Network("alice");
        using var stranger = NodeKeys.FromSeed([.. Enumerable.Repeat((byte)9, 32)]);
        var actors = net["alice"].Runtime.Actors;
        var heard = new List<object>();
        var channel = actors.System.ActorOf(Props.Create(() => new Listener(heard)));
        ChannelId Id(byte value) => new(new Bytes32([.. Enumerable.Repeat(value, 32)]));
        Assert.Equal<int[]>([1], await AssignedAsync(1, Id(5)));
        Assert.Equal<int[]>([3], await AssignedAsync(2, Id(5), 3, Id(6)));
        Assert.Equal<int[]>([1], await AssignedAsync(1, Id(5)));

        async Task<int[]> AssignedAsync(params object[] asked)
        {
            heard.Clear();
            for (var i = 0; i < asked.Length; i += 2)
            {
                var key = (int)asked[i];
                actors.Peers.Tell(new AssignChannelId(stranger.NodeId, new LocalChannelKey(1, (uint)key), Id((byte)key), (ChannelId)asked[i + 1]), channel);
            }

            await net.Advance(TimeSpan.FromMinutes(1));
            return [.. heard.Select(answer => (int)Assert.IsType<ChannelIdAssigned>(answer).Channel.Random)];
        }
    }

    private static async Task<string[]> EntitiesAsync(HostedNode node)
    {
        var state = await node.Runtime.Actors.Peers.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Limit);
        return [.. state.Shards.SelectMany(static shard => shard.EntityIds)];
    }

    private sealed class Listener(List<object> heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard.Add(message);
    }
}
