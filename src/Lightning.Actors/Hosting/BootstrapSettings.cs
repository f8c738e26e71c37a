using System.Collections.Immutable;
using System.Net;

namespace Lightning.Actors.Hosting;

/// <summary>How a node comes to know others.</summary>
public sealed record BootstrapSettings
{
    /// <summary>DNS seeds (BOLT 10), by domain; empty for none.</summary>
    public ImmutableArray<string> DnsSeeds { get; init; } = [];

    /// <summary>Which DNS server to ask; null for the machine's own resolver.</summary>
    public IPEndPoint? DnsServer { get; init; }

    /// <summary>How many peers are to be connected at least, so that gossip arrives. Where there are fewer, nodes of the seeds are called. 0: nobody is called but whom the operator names.</summary>
    public int MinimumPeers { get; init; } = 3;

    /// <summary>The seeds that a network is known to have.</summary>
    public static ImmutableArray<string> SeedsOf(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Name switch
        {
            "mainnet" => ["nodes.lightning.wiki", "lseed.bitcoinstats.com"],
            "testnet" => ["test.nodes.lightning.wiki"],
            "signet" => ["ln.signet.secp.tech"],
            _ => [],
        };
    }
}
