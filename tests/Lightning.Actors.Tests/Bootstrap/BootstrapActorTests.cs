using System.Net;
using Lightning.Actors.Hosting;
using Lightning.Actors.Tests.Hosting;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Actors.Tests.Bootstrap;

/// <summary>Whole nodes that come to know each other by a seed, or because their operator says so.</summary>
public sealed class BootstrapActorTests
{
    private const string Seed = "seed.example.com";

    [Fact]
    public async Task A_node_without_peers_calls_nodes_of_the_seed_until_it_has_as_many_as_it_wants()
    {
        using var dns = new FakeDnsServer();
        await using var bob = await StartAsync("bob");
        await using var carol = await StartAsync("carol");
        List(dns, bob);
        List(dns, carol);
        await using var alice = await StartAsync("alice", options => options with
        {
            Bootstrap = new BootstrapSettings { DnsSeeds = [Seed], DnsServer = dns.EndPoint, MinimumPeers = 2 },
        });
        await Eventually.True(() => alice.ConnectionTo(bob) is not null && alice.ConnectionTo(carol) is not null, 60);
        Assert.False(alice.ConnectionTo(bob)!.Inbound);
    }

    [Fact]
    public async Task Nobody_is_called_by_a_node_that_has_peers_enough_or_wants_none()
    {
        using var dns = new FakeDnsServer();
        await using var bob = await StartAsync("bob");
        List(dns, bob);
        await using var alice = await StartAsync("alice", options => options with { Bootstrap = new BootstrapSettings { DnsSeeds = [Seed], DnsServer = dns.EndPoint, MinimumPeers = 0 } });
        await bob.Node.ConnectPeerAsync(alice.PeerAddress);
        await Eventually.True(() => alice.ConnectionTo(bob) is not null);
        Assert.Equal(0, dns.Questions);
    }

    [Fact]
    public async Task A_peer_that_the_operator_names_is_connected_and_connected_again()
    {
        await using var bob = await StartAsync("bob");
        await using var alice = await StartAsync("alice", options => options with { Peers = [bob.PeerAddress] });
        await Eventually.True(() => alice.ConnectionTo(bob) is not null, 60);
        await bob.StopAsync();
        await Eventually.True(() => alice.ConnectionTo(bob) is null, 60);
        await bob.StartAsync(samePort: true);
        await Eventually.True(() => alice.ConnectionTo(bob) is not null, 60);
    }

    private static Task<HostedNode> StartAsync(string name, Func<LightningNodeOptions, LightningNodeOptions>? configure = null)
    {
        var chain = new QuietChain();
        return HostedNode.StartAsync(name, chain, chain, configure);
    }

    private static void List(FakeDnsServer dns, HostedNode node)
    {
        var host = $"{Bech32.Encode("ln", Bech32.ToWords(node.Id.Key.Span), Bech32Variant.Bech32)}.{Seed}";
        dns.Answer($"_nodes._tcp.{Seed}", FakeDnsServer.Srv, FakeDnsServer.SrvData((ushort)node.Address.Port, host));
        dns.Answer(host, FakeDnsServer.A, IPAddress.Loopback.GetAddressBytes());
    }
}
