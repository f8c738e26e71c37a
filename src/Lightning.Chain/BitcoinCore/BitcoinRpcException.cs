namespace Lightning.Chain.BitcoinCore;

/// <summary>Bitcoin Core answered a call with an error.</summary>
/// <param name="method">The RPC method.</param>
/// <param name="code">Bitcoin Core's error code (RPC_... in its protocol.h).</param>
/// <param name="message">Bitcoin Core's words.</param>
public sealed class BitcoinRpcException(string method, int code, string message) : Exception($"bitcoind refused {method}: {message} ({code})")
{
    /// <summary>Bitcoin Core's error code.</summary>
    public int Code { get; } = code;

    /// <summary>Bitcoin Core's words alone.</summary>
    public string Reason { get; } = message;
}
