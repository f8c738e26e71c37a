namespace Lightning.Actors.Api;

/// <summary>Who a node is and how far it has come.</summary>
public sealed record NodeInfo
{
    /// <summary>The node's public key.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>The name it announces, at most 32 bytes of UTF-8 (BOLT 7).</summary>
    public required string Alias { get; init; }

    /// <summary>The colour it announces, <c>#rrggbb</c>.</summary>
    public string Color { get; init; } = "#3399ff";

    /// <summary>The Bitcoin network.</summary>
    public required Network Network { get; init; }

    /// <summary>The software's version.</summary>
    public required string Version { get; init; }

    /// <summary>Height of the chain's tip, in blocks, as this node has processed it.</summary>
    public required uint BlockHeight { get; init; }

    /// <summary>Hash of that block.</summary>
    public required BlockHash BlockHash { get; init; }

    /// <summary>When that block says it was made.</summary>
    public DateTimeOffset BlockTime { get; init; }

    /// <summary>Whether the node has caught up with its chain backend.</summary>
    public required bool SyncedToChain { get; init; }

    /// <summary>Whether the node knows the network's graph well enough to pay.</summary>
    public bool SyncedToGraph { get; init; }

    /// <summary>Peers connected now.</summary>
    public int PeerCount { get; init; }

    /// <summary>Open channels whose peer is connected.</summary>
    public int ActiveChannelCount { get; init; }

    /// <summary>Open channels whose peer is away.</summary>
    public int InactiveChannelCount { get; init; }

    /// <summary>Channels being opened.</summary>
    public int PendingChannelCount { get; init; }

    /// <summary>Where others can connect to: <c>host:port</c> each.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Feature bits of the node announcement (BOLT 9).</summary>
    public IReadOnlyList<int> FeatureBits { get; init; } = [];
}
