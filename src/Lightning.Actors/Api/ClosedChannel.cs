using Lightning.Channels.OnChain;

namespace Lightning.Actors.Api;

/// <summary>A channel that is gone.</summary>
public sealed record ClosedChannel
{
    /// <summary>The funding outpoint.</summary>
    public required OutPoint Funding { get; init; }

    /// <summary>The peer.</summary>
    public required NodeId Peer { get; init; }

    /// <summary>Where the funding output stood on chain; null if it never confirmed.</summary>
    public ShortChannelId? ShortChannelId { get; init; }

    /// <summary>Aliases it had.</summary>
    public IReadOnlyList<ShortChannelId> Aliases { get; init; } = [];

    /// <summary>The transaction that closed it; null if none did.</summary>
    public TxId? ClosingTxId { get; init; }

    /// <summary>Value of the funding output.</summary>
    public required Satoshi Capacity { get; init; }

    /// <summary>Height of the block with the closing transaction.</summary>
    public uint CloseHeight { get; init; }

    /// <summary>What came back to our wallet, less the fees of taking it.</summary>
    public Satoshi SettledBalance { get; init; }

    /// <summary>The part of it that had to wait for a time lock.</summary>
    public Satoshi TimeLockedBalance { get; init; }

    /// <summary>Where every millisatoshi went; null where it was closed by an earlier version.</summary>
    public ChannelLedger? Ledger { get; init; }

    /// <summary>What became of each output of the commitment that closed it, and of the HTLC transactions behind it.</summary>
    public EquatableArray<ChannelResolution> Resolutions { get; init; } = [];

    /// <summary>How it ended.</summary>
    public required CloseKind Kind { get; init; }

    /// <summary>Whether we opened it.</summary>
    public bool IsInitiator { get; init; }

    /// <summary>Whether we began the closing; null when not known.</summary>
    public bool? ClosedByUs { get; init; }
}
