using System.Net;
using System.Security.Cryptography;
using Lightning.Actors.Api;
using Lightning.Actors.Bootstrap;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Actors.Tests.Bootstrap;

/// <summary>Nodes from DNS seeds (BOLT 10).</summary>
public sealed class DnsSeedsTests : IDisposable
{
    private const string Seed = "seed.example.com";
    private const string Alias = $"_nodes._tcp.{Seed}";

    private readonly FakeDnsServer _server = new();

    private DnsSeeds Seeds => new([Seed], _server.EndPoint);

    public void Dispose() => _server.Dispose();

    private static NodeId Node(int n)
    {
        using var key = Key.FromBytes(SHA256.HashData([(byte)n, 10]));
        return new NodeId(key.PubKey);
    }

    private static string HostOf(NodeId node) => $"{Bech32.Encode("ln", Bech32.ToWords(node.Key.Span), Bech32Variant.Bech32)}.{Seed}";

    private static byte[] Address(string address) => IPAddress.Parse(address).GetAddressBytes();

    private Task<IReadOnlyList<PeerAddress>> Find(int wanted = 100) => Seeds.FindAsync(wanted, default);

    [Fact]
    public void The_examples_of_the_BOLT_name_nodes()
    {
        Assert.StartsWith("03", DnsSeeds.NodeOf("ln1qwktpe6jxltmpphyl578eax6fcjc2m807qalr76a5gfmx7k9qqfjwy4mctz.lseed.bitcoinstats.com.")!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(DnsSeeds.NodeOf("ln1qtynyymv99pqf0r9cuexvvqtxrlgejuecf8myfsa96vcpflgll5cqmr2xsu.lseed.bitcoinstats.com."));
        Assert.Equal(Node(1), DnsSeeds.NodeOf(HostOf(Node(1))));
    }

    [Fact]
    public async Task A_node_is_found_with_its_port_and_the_address_that_comes_with_it()
    {
        _server.Answer(Alias, FakeDnsServer.Srv, FakeDnsServer.SrvData(9735, HostOf(Node(1))));
        _server.Answer(Alias, FakeDnsServer.Srv, FakeDnsServer.SrvData(6331, HostOf(Node(2))));
        _server.AddTo(Alias, FakeDnsServer.Srv, HostOf(Node(1)), FakeDnsServer.A, Address("192.0.2.1"));
        _server.AddTo(Alias, FakeDnsServer.Srv, HostOf(Node(2)), FakeDnsServer.Aaaa, Address("2001:db8::2"));
        Assert.Equal([new PeerAddress(Node(1), "192.0.2.1", 9735), new PeerAddress(Node(2), "2001:db8::2", 6331)], await Find());
        Assert.Equal(1, _server.Questions);
    }

    [Fact]
    public async Task Where_no_address_comes_with_the_answer_the_nodes_virtual_name_is_asked_for()
    {
        foreach (var n in new[] { 1, 2, 3 }) _server.Answer(Alias, FakeDnsServer.Srv, FakeDnsServer.SrvData(9735, HostOf(Node(n))));
        _server.Answer(HostOf(Node(1)), FakeDnsServer.A, Address("192.0.2.1"));
        _server.Answer(HostOf(Node(3)), FakeDnsServer.Aaaa, Address("2001:db8::3"));
        Assert.Equal([new PeerAddress(Node(1), "192.0.2.1", 9735), new PeerAddress(Node(3), "2001:db8::3", 9735)], await Find());
    }

    [Fact]
    public async Task A_seed_that_does_not_know_the_alias_is_asked_by_its_own_name()
    {
        _server.Answer(Seed, FakeDnsServer.Srv, FakeDnsServer.SrvData(9735, HostOf(Node(1))));
        _server.AddTo(Seed, FakeDnsServer.Srv, HostOf(Node(1)), FakeDnsServer.A, Address("192.0.2.1"));
        Assert.Equal(Node(1), Assert.Single(await Find()).NodeId);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_is_asked_for_again_over_TCP()
    {
        _server.IsTruncating = true;
        for (var n = 1; n <= 20; n++)
        {
            _server.Answer(Alias, FakeDnsServer.Srv, FakeDnsServer.SrvData(9735, HostOf(Node(n))));
            _server.AddTo(Alias, FakeDnsServer.Srv, HostOf(Node(n)), FakeDnsServer.A, Address($"192.0.2.{n}"));
        }

        Assert.Equal(20, (await Find()).Count);
    }

    [Fact]
    public async Task What_makes_no_sense_is_left_out_and_no_more_is_taken_than_was_wanted()
    {
        var other = Bech32.Encode("lx", Bech32.ToWords(Node(1).Key.Span), Bech32Variant.Bech32);
        var noPoint = Bech32.Encode("ln", Bech32.ToWords(new byte[33]), Bech32Variant.Bech32);
        foreach (var host in new[] { Seed, $"ln1qqqq.{Seed}", $"{other}.{Seed}", $"{noPoint}.{Seed}" }) Say(host, 9735, "192.0.2.9");
        Say(HostOf(Node(1)), 0, "192.0.2.9");
        for (var n = 2; n <= 150; n++) Say(HostOf(Node(n)), 9735, "192.0.2.1");
        Say(HostOf(Node(2)), 9736, "192.0.2.1");
        Assert.Equal([Node(2), Node(3), Node(4)], (await Find(wanted: 3)).Select(static peer => peer.NodeId));
        Assert.InRange((await Find(wanted: 1_000)).Count, 90, 100);

        void Say(string host, ushort port, string address)
        {
            _server.Answer(Alias, FakeDnsServer.Srv, FakeDnsServer.SrvData(port, host));
            _server.AddTo(Alias, FakeDnsServer.Srv, host, FakeDnsServer.A, Address(address));
        }
    }

    [Fact]
    public async Task A_seed_without_nodes_gives_none_and_one_that_does_not_answer_is_an_error()
    {
        Assert.Empty(await Find());
        IPEndPoint where;
        using (var gone = new FakeDnsServer()) where = gone.EndPoint;
        await Assert.ThrowsAsync<IOException>(() => new DnsSeeds([Seed], where).FindAsync(5, default));
    }

    [Fact]
    public async Task A_seed_that_answers_nonsense_does_not_keep_the_others_from_being_asked()
    {
        _server.IsBroken = true;
        await Assert.ThrowsAsync<IOException>(() => Find());
    }
}
