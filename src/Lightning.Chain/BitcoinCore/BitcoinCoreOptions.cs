namespace Lightning.Chain.BitcoinCore;

/// <summary>How to reach a Bitcoin Core node.</summary>
public sealed record BitcoinCoreOptions
{
    /// <summary>The RPC address, for example http://127.0.0.1:8332.</summary>
    public required Uri RpcUrl { get; init; }

    /// <summary>RPC user; used with <see cref="Password"/> where no cookie file is given.</summary>
    public string? User { get; init; }

    /// <summary>RPC password.</summary>
    public string? Password { get; init; }

    /// <summary>Path of bitcoind's .cookie file. It is read again whenever bitcoind refuses us, because it changes at each of its starts.</summary>
    public string? CookieFile { get; init; }

    /// <summary>Address of the <c>zmqpubhashblock</c> or <c>zmqpubrawblock</c> publisher, for example tcp://127.0.0.1:28332. Only a hint to look earlier: without it the tip is polled.</summary>
    public string? ZmqBlock { get; init; }

    /// <summary>Name of the descriptor wallet that holds the node's coins; created where it does not exist.</summary>
    public string WalletName { get; init; } = "lightning";

    /// <summary>How often the tip is polled.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for one RPC answer before it is asked again.</summary>
    public TimeSpan RpcTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
