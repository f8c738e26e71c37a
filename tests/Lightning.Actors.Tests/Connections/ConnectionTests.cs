using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Peers;

namespace Lightning.Actors.Tests.Connections;

public sealed class ConnectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static Task<TestNode> StartAsync(string name, Func<LightningNodeOptions, LightningNodeOptions>? configure = null)
    {
        var chain = new QuietChain();
        return TestNode.StartAsync(name, chain, chain, configure);
    }

    private static Task<object> ConnectAsync(TestNode from, TestNode to, bool persistent = true) =>
        from.Runtime.Actors.Peers.Ask<object>(new ConnectPeer(to.Id, "127.0.0.1", to.Address.Port, persistent), Limit);

    [Fact]
    public async Task Two_nodes_shake_hands_over_loopback_and_know_each_other()
    {
        await using var alice = await StartAsync("alice");
        await using var bob = await StartAsync("bob");
        Assert.Same(Done.Instance, await ConnectAsync(alice, bob));
        await Eventually.True(() => bob.ConnectionTo(alice) is not null);
        Assert.False(alice.ConnectionTo(bob)!.Inbound);
        Assert.Equal(bob.Address.ToString(), alice.ConnectionTo(bob)!.Address);
        Assert.True(bob.ConnectionTo(alice)!.Inbound);
        Assert.Equal(LightningErrorKind.AlreadyConnected, Assert.IsType<Refused>(await ConnectAsync(alice, bob)).Kind);
    }

    [Fact]
    public async Task A_silent_peer_is_pinged_and_answers()
    {
        static LightningNodeOptions Impatient(LightningNodeOptions options) => options with { Policy = options.Policy with { PingInterval = TimeSpan.FromMilliseconds(100) } };
        await using var alice = await StartAsync("alice", Impatient);
        await using var bob = await StartAsync("bob");
        Assert.Same(Done.Instance, await ConnectAsync(alice, bob));
        await Eventually.True(() => alice.ConnectionTo(bob)?.PingTime is not null);
    }

    [Fact]
    public async Task A_lost_peer_that_is_to_be_kept_is_called_again_after_its_restart_and_after_ours()
    {
        static LightningNodeOptions Quick(LightningNodeOptions options) => options with { Policy = options.Policy with { ReconnectDelay = TimeSpan.FromMilliseconds(50), MaxReconnectDelay = TimeSpan.FromMilliseconds(200) } };
        await using var alice = await StartAsync("alice", Quick);
        var port = FreePort();
        await using var bob = await StartAsync("bob", options => options with { Listen = [new IPEndPoint(IPAddress.Loopback, port)] });
        Assert.Same(Done.Instance, await ConnectAsync(alice, bob));
        await bob.StopAsync();
        await Eventually.True(() => alice.ConnectionTo(bob) is null);
        await bob.StartAsync();
        await Eventually.True(() => alice.ConnectionTo(bob) is not null && bob.ConnectionTo(alice) is not null);
    }

    [Fact]
    public async Task Calling_somebody_else_than_meant_fails_and_says_why()
    {
        await using var alice = await StartAsync("alice");
        await using var bob = await StartAsync("bob");
        using var carol = NodeKeys.FromSeed(new byte[32]);
        var answer = await alice.Runtime.Actors.Peers.Ask<object>(new ConnectPeer(carol.NodeId, "127.0.0.1", bob.Address.Port, Persistent: false), Limit);
        Assert.Equal(LightningErrorKind.Unavailable, Assert.IsType<Refused>(answer).Kind);
        Assert.Null(alice.ConnectionTo(bob));
    }

    [Fact]
    public async Task Bytes_that_are_no_handshake_end_the_connection_and_harm_nobody_else()
    {
        await using var alice = await StartAsync("alice");
        await using var bob = await StartAsync("bob");
        for (var i = 0; i < 20; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(bob.Address);
            await client.GetStream().WriteAsync(new byte[200]);
            var end = 0;
            try
            {
                end = await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Limit);
            }
            catch (IOException)
            {
                // Reset: closed with our bytes unread.
            }

            Assert.Equal(0, end);
        }

        Assert.Same(Done.Instance, await ConnectAsync(alice, bob));
    }

    [Fact]
    public async Task Two_nodes_that_call_each_other_at_once_end_up_with_one_connection()
    {
        await using var alice = await StartAsync("alice");
        await using var bob = await StartAsync("bob");
        await Task.WhenAll(ConnectAsync(alice, bob), ConnectAsync(bob, alice));
        await Eventually.True(() => alice.ConnectionTo(bob) is { } a && bob.ConnectionTo(alice) is { } b && a.Inbound != b.Inbound && alice.Runtime.Connections.All.Count == 1);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
