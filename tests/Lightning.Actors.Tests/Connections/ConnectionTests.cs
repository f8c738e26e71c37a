using Lightning.Actors.Api;
using Lightning.Actors.Connections;
using Lightning.TestKit;
using Lightning.TestKit.Simulation;

namespace Lightning.Actors.Tests.Connections;

/// <summary>How whole nodes come to be connected, and stay it.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Two_nodes_are_connected_once_and_know_each_other()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net.Connect("alice", "bob");
        Assert.False(Connection(net, "alice", "bob")!.Inbound);
        Assert.True(Connection(net, "bob", "alice")!.Inbound);
        var again = await Assert.ThrowsAsync<LightningException>(() => net["alice"].Do(api => api.ConnectPeerAsync(net["bob"].Address)));
        Assert.Equal(LightningErrorKind.AlreadyConnected, again.Kind);
    }

    [Fact]
    public async Task A_silent_peer_is_pinged_and_answers()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net.Connect("alice", "bob");
        Assert.Null(Connection(net, "alice", "bob")!.PingTime);
        await net.Advance(2 * net["alice"].Policy.PingInterval);
        Assert.NotNull(Connection(net, "alice", "bob")!.PingTime);
    }

    [Fact]
    public async Task A_lost_peer_that_is_to_be_kept_is_called_again_after_its_restart_and_after_ours()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net.Connect("alice", "bob");
        await net["bob"].Crash();
        Assert.Null(Connection(net, "alice", "bob"));
        await net.Advance(TimeSpan.FromMinutes(1));
        await net["bob"].Start();
        await net.Until(() => Connection(net, "alice", "bob") is not null && Connection(net, "bob", "alice") is not null, "alice calls bob again");

        // After its own start a node calls those with whom it has a channel.
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net["alice"].Crash();
        Assert.Null(Connection(net, "bob", "alice"));
        await net["alice"].Start();
        await net.Until(() => Connection(net, "alice", "bob") is { Inbound: false } && Connection(net, "bob", "alice") is not null, "alice calls bob again");
    }

    [Fact]
    public async Task Two_nodes_that_call_each_other_at_once_end_up_with_one_connection()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            await using var net = await Scenario.Network(new ScenarioOptions { Seed = seed, IsShuffled = true }, "alice", "bob");
            var (alice, bob) = (net["alice"], net["bob"]);
            var calls = SimulationLoop.Begin(() => Task.WhenAll(TryAsync(alice.Api, bob.Address), TryAsync(bob.Api, alice.Address)));
            await net.Until(() => calls.IsCompleted, "both have been answered");
            await calls;
            await net.Advance(TimeSpan.FromMinutes(1));
            Assert.NotEqual(Connection(net, "alice", "bob")!.Inbound, Connection(net, "bob", "alice")!.Inbound);
            Assert.Single(alice.Runtime.Connections.All);
            Assert.Single(bob.Runtime.Connections.All);
        }
    }

    private static LiveConnection? Connection(ScenarioNetwork net, string node, string peer) => net[node].Runtime.Connections.Find(net[peer].Id);

    // The call that comes second may find that they are connected already.
    private static async Task TryAsync(ILightningNode node, PeerAddress peer)
    {
        try
        {
            await node.ConnectPeerAsync(peer);
        }
        catch (LightningException e) when (e.Kind == LightningErrorKind.AlreadyConnected)
        {
            Assert.Contains("connected", e.Message, StringComparison.OrdinalIgnoreCase);
        }
    }
}
