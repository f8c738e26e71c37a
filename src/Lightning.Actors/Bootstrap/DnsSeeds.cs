using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Lightning.Actors.Api;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Actors.Bootstrap;

/// <summary>Nodes that DNS seeds name (BOLT 10): SRV records whose targets carry a node id, and the addresses of these names. What is answered is a hint of a stranger: it is bounded, and what makes no sense is left out.</summary>
/// <param name="seeds">The seeds' domains.</param>
/// <param name="resolver">Where to ask; null for the machine's own resolver.</param>
internal sealed class DnsSeeds(IReadOnlyList<string> seeds, IPEndPoint? resolver = null) : IPeerSource
{
    /// <summary>A seed gives 25 when nobody says how many; more than these are not looked at.</summary>
    private const int MaxRecords = 100;

    /// <summary>Names of nodes that are looked up for one answer, where no addresses come with it.</summary>
    private const int MaxLookups = 30;

    private const string Prefix = "ln";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Name => string.Join(", ", seeds);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PeerAddress>> FindAsync(int wanted, CancellationToken cancellation)
    {
        var client = Client();
        var found = new List<PeerAddress>();
        Exception? failure = null;
        foreach (var seed in seeds)
        {
            if (found.Count >= wanted) break;
            try
            {
                await AskAsync(client, seed, wanted, found, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (IsTrouble(e))
            {
                failure = e;
            }
        }

        return found.Count == 0 && failure is not null ? throw new IOException($"No DNS seed answered: {failure.Message}", failure) : found;
    }

    /// <summary>The node that a virtual hostname names, <c>ln1...</c> before the seed's domain; null where it is none.</summary>
    internal static NodeId? NodeOf(string host)
    {
        var label = host.Split('.', 2)[0];
        if (!Bech32.TryDecode(label, Bech32.MaximumLength, out var decoded, out _) || decoded.Prefix != Prefix || decoded.Variant != Bech32Variant.Bech32) return null;
        if (!Bech32.TryToBytes(decoded.Words.Span, out var bytes)) return null;
        try
        {
            return NodeId.FromHex(Convert.ToHexStringLower(bytes));
        }
        catch (FormatException)
        {
            // No point of the curve, or not 33 bytes.
            return null;
        }
    }

    private async Task AskAsync(LookupClient client, string seed, int wanted, List<PeerAddress> found, CancellationToken cancellation)
    {
        var answer = await client.QueryAsync($"_nodes._tcp.{seed}", QueryType.SRV, cancellationToken: cancellation).ConfigureAwait(false);

        // A seed may know nothing of the alias.
        if (!answer.Answers.SrvRecords().Any()) answer = await client.QueryAsync(seed, QueryType.SRV, cancellationToken: cancellation).ConfigureAwait(false);
        var lookups = 0;
        foreach (var record in answer.Answers.SrvRecords().Take(MaxRecords))
        {
            if (found.Count >= wanted) break;
            if (record.Port == 0 || NodeOf(record.Target.Value) is not { } node || found.Any(peer => peer.NodeId == node)) continue;
            var address = Best(answer.Additionals, record.Target);
            if (address is null && lookups++ < MaxLookups) address = await ResolveAsync(client, record.Target, cancellation).ConfigureAwait(false);
            if (address is not null) found.Add(new PeerAddress(node, address.ToString(), record.Port));
        }
    }

    private static async Task<IPAddress?> ResolveAsync(LookupClient client, DnsString host, CancellationToken cancellation)
    {
        try
        {
            return Best((await client.QueryAsync(host, QueryType.A, cancellationToken: cancellation).ConfigureAwait(false)).Answers, host)
                ?? Best((await client.QueryAsync(host, QueryType.AAAA, cancellationToken: cancellation).ConfigureAwait(false)).Answers, host);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            // This node cannot be reached; others may.
            return null;
        }
    }

    // IPv4 first: most machines have it.
    private static IPAddress? Best(IReadOnlyList<DnsResourceRecord> records, DnsString host) => records.OfType<AddressRecord>()
        .Where(record => string.Equals(record.DomainName.Value, host.Value, StringComparison.OrdinalIgnoreCase))
        .Select(static record => record.Address)
        .MinBy(static address => address.AddressFamily);

    private static bool IsTrouble(Exception e) => e is DnsResponseException or DnsResponseParseException or IOException or SocketException;

    private LookupClient Client()
    {
        var options = resolver is null ? new LookupClientOptions() : new LookupClientOptions(resolver);
        options.UseCache = false;
        options.Retries = 1;
        options.Timeout = Timeout;
        options.ThrowDnsErrors = false;
        return new LookupClient(options);
    }
}
