using System.Net;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;

namespace Lightning.Node.Configuration;

/// <summary>What <c>lightning start</c> runs with, after all sources are read and checked.</summary>
public sealed record NodeSettings
{
    /// <summary>All settings, in the order that the help shows them.</summary>
    public static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("data-dir", "FOLDER", "Where everything is kept that the node needs. Default: ~/.lightning-actors."),
        new("network", "NETWORK", "mainnet, testnet, signet or regtest. Default: mainnet."),
        new("conf", "FILE", "File with settings, one name=value a line. Default: lightning.conf in the data folder, where there is one."),
        new("alias", "NAME", "The name the node announces, at most 32 bytes."),
        new("listen", "HOST:PORT", "Where peers connect to; 'none' for nowhere. Several with commas. Default: 0.0.0.0:9735."),
        new("external-address", "HOST:PORT", "Where others reach the node, as it announces. Several with commas."),
        new("add-peer", "NODEID@HOST:PORT", "A peer to be connected at all times. May be given several times, or several with commas.", IsList: true),
        new("dns-seeds", "HOST", "DNS seeds to find peers at, or 'none'. Several with commas. Default: the network's own; none on regtest.", IsList: true),
        new("min-peers", "N", "How many peers are connected at least, found at the DNS seeds; 0 for none by itself. Default: 3."),
        new("grpc-listen", "HOST:PORT", "Where the gRPC API listens. Default: 127.0.0.1:10009."),
        new("rest-listen", "HOST:PORT", "Where the REST API listens. Default: 127.0.0.1:8080."),
        new("bitcoind-rpc", "URL", "RPC of Bitcoin Core. Default: http://127.0.0.1 with the network's own port."),
        new("bitcoind-user", "NAME", "User of the RPC, where no cookie is used."),
        new("bitcoind-password", "PASSWORD", "Password of the RPC. Better in the file or the environment than on the command line."),
        new("bitcoind-cookie", "FILE", "Cookie file of Bitcoin Core. Default: the one in ~/.bitcoin for the network."),
        new("bitcoind-wallet", "NAME", "Wallet of Bitcoin Core that holds the node's on-chain coins; made where there is none. Default: lightning."),
        new("bitcoind-zmq-block", "URL", "ZMQ endpoint of Bitcoin Core's zmqpubhashblock, for news at once. Without it the node polls."),
        new("to-self-delay", "BLOCKS", "How many blocks a peer that closes by force waits for its own balance: the time to punish an old state. 144 to 2016. Default: 720."),
        new("accept-keysend", "true|false", "Whether payments are taken that nobody asked for (keysend). Default: false.", IsSwitch: true),
        new("database", "CONNECTION-STRING", "PostgreSQL database (Npgsql's form: Host=...;Database=...). Default: SQLite in the data folder."),
        new("restored", "true|false", "The database is an old copy: no channel publishes anything before its peer has shown that it is current. A copy older than the data folder is recognised without it.", IsSwitch: true),
        new("seed-passphrase-file", "FILE", "File whose first line encrypts the seed on disk. LN__SEED_PASSPHRASE does the same."),
        new("seed-passphrase", "PASSPHRASE", "The same in the environment; not taken on the command line.", IsSecret: true),
        new("import-seed", "FILE", "On first start, takes the 24 words in this file instead of drawing new ones."),
        new("log-level", "LEVEL", "trace, debug, info, warn, error or none. Default: info."),
    ];

    /// <summary>Full path of the data folder.</summary>
    public required string DataDir { get; init; }

    /// <summary>The Bitcoin network.</summary>
    public required Network Network { get; init; }

    /// <summary>The announced name.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Where peers connect to.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Announced addresses, <c>host:port</c>.</summary>
    public IReadOnlyList<string> ExternalAddresses { get; init; } = [];

    /// <summary>Peers that are connected at all times.</summary>
    public IReadOnlyList<PeerAddress> Peers { get; init; } = [];

    /// <summary>How the node comes to know others.</summary>
    public BootstrapSettings Bootstrap { get; init; } = new();

    /// <summary>Where the gRPC API listens.</summary>
    public required IPEndPoint GrpcListen { get; init; }

    /// <summary>Where the REST API listens.</summary>
    public required IPEndPoint RestListen { get; init; }

    /// <summary>Bitcoin Core.</summary>
    public required BitcoindSettings Bitcoind { get; init; }

    /// <summary>to_self_delay asked of peers, in blocks (BOLT 2); null for the default.</summary>
    public ushort? ToSelfDelay { get; init; }

    /// <summary>Whether payments are taken that nobody asked for.</summary>
    public bool AcceptKeysend { get; init; }

    /// <summary>PostgreSQL; null for SQLite.</summary>
    public string? Database { get; init; }

    /// <summary>Whether the database is an old copy.</summary>
    public bool IsRestored { get; init; }

    /// <summary>What encrypts the seed on disk; null for nothing.</summary>
    public string? SeedPassphrase { get; init; }

    /// <summary>File with the words of a seed to take on first start.</summary>
    public string? ImportSeed { get; init; }

    /// <summary>Least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>The network's own folder: seed, macaroons, database.</summary>
    public string NetworkFolder => NetworkFolderOf(DataDir, Network);

    /// <summary>The folder of one network in a data folder, as clients of this API expect it.</summary>
    public static string NetworkFolderOf(string dataDir, Network network) => Path.Combine(dataDir, "data", "chain", "bitcoin", network.Name);
}
