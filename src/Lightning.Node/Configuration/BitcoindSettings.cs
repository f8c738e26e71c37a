namespace Lightning.Node.Configuration;

/// <summary>How to reach Bitcoin Core.</summary>
/// <param name="Rpc">Its RPC.</param>
/// <param name="User">User; null to use the cookie.</param>
/// <param name="Password">Password; null to use the cookie.</param>
/// <param name="CookieFile">Cookie file; read at each start of Bitcoin Core anew.</param>
/// <param name="Wallet">Its wallet with the node's on-chain coins.</param>
/// <param name="ZmqBlock">ZMQ endpoint of <c>zmqpubhashblock</c>; null to poll.</param>
public sealed record BitcoindSettings(Uri Rpc, string? User, string? Password, string CookieFile, string Wallet, Uri? ZmqBlock)
{
    /// <summary>Never the password.</summary>
    public override string ToString() => $"BitcoindSettings({Rpc})";
}
