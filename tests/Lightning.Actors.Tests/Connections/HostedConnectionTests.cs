using System.Net.Sockets;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Actors.Tests.Hosting;

namespace Lightning.Actors.Tests.Connections;

/// <summary>Handshakes of whole nodes over real sockets: those of a scenario are done for its nodes.</summary>
public sealed class HostedConnectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Two_nodes_shake_hands_over_loopback_and_know_each_other()
    {
        await using var alice = await StartAsync("alice");
        await using var bob = await StartAsync("bob");
        await alice.Node.ConnectPeerAsync(bob.PeerAddress).WaitAsync(Limit);
        await Eventually.True(() => bob.ConnectionTo(alice) is not null);
        Assert.False(alice.ConnectionTo(bob)!.Inbound);
        Assert.Equal(bob.Address.ToString(), alice.ConnectionTo(bob)!.Address);
        Assert.True(bob.ConnectionTo(alice)!.Inbound);
    }

    [Fact]
    public async Task Calling_somebody_else_than_meant_fails_and_says_why()
    {
        await using var alice = await StartAsync("alice");
        await using var bob = await StartAsync("bob");
        using var carol = NodeKeys.FromSeed(new byte[32]);
        var failure = await Assert.ThrowsAsync<LightningException>(() => alice.Node.ConnectPeerAsync(bob.PeerAddress with { NodeId = carol.NodeId }, persistent: false).WaitAsync(Limit));
        Assert.Equal(LightningErrorKind.Unavailable, failure.Kind);
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

        await alice.Node.ConnectPeerAsync(bob.PeerAddress).WaitAsync(Limit);
    }

    private static Task<HostedNode> StartAsync(string name)
    {
        var chain = new QuietChain();
        return HostedNode.StartAsync(name, chain, chain);
    }
}
