namespace Lightning.Actors.Api;

/// <summary>A connected peer.</summary>
public sealed record PeerInfo
{
    /// <summary>The peer.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>The other end of the socket, <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Whether the peer connected to us.</summary>
    public bool Inbound { get; init; }

    /// <summary>Bytes sent on this connection.</summary>
    public ulong BytesSent { get; init; }

    /// <summary>Bytes received on this connection.</summary>
    public ulong BytesReceived { get; init; }

    /// <summary>The last round trip of ping and pong; null before the first.</summary>
    public TimeSpan? PingTime { get; init; }

    /// <summary>Feature bits of the peer's <c>init</c> (BOLT 9).</summary>
    public IReadOnlyList<int> FeatureBits { get; init; } = [];
}
