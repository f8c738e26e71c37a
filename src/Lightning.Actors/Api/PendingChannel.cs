using Lightning.Channels.OnChain;

namespace Lightning.Actors.Api;

/// <summary>A channel on its way up or down.</summary>
public sealed record PendingChannel
{
    /// <summary>Where it stands.</summary>
    public required PendingChannelStage Stage { get; init; }

    /// <summary>The funding outpoint.</summary>
    public required OutPoint Funding { get; init; }

    /// <summary>The peer.</summary>
    public required NodeId Peer { get; init; }

    /// <summary>Value of the funding output.</summary>
    public required Satoshi Capacity { get; init; }

    /// <summary>Ours.</summary>
    public required MilliSatoshi LocalBalance { get; init; }

    /// <summary>The peer's.</summary>
    public required MilliSatoshi RemoteBalance { get; init; }

    /// <summary>Whether we opened it.</summary>
    public bool IsInitiator { get; init; }

    /// <summary>Not announced to the network.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The commitment format.</summary>
    public CommitmentType CommitmentType { get; init; } = CommitmentType.Anchors;

    /// <summary>What each side must keep.</summary>
    public Satoshi LocalReserve { get; init; }

    /// <summary>What the peer must keep.</summary>
    public Satoshi RemoteReserve { get; init; }

    /// <summary>Fee of our commitment transaction.</summary>
    public Satoshi CommitmentFee { get; init; }

    /// <summary>Weight of our commitment transaction, in weight units.</summary>
    public long CommitmentWeight { get; init; }

    /// <summary>Feerate of the commitment transactions.</summary>
    public FeeratePerKw Feerate { get; init; }

    /// <summary>While opening: confirmations the funding transaction still needs, in blocks.</summary>
    public uint ConfirmationsMissing { get; init; }

    /// <summary>The transaction that closes it; null while opening or before one is agreed.</summary>
    public TxId? ClosingTxId { get; init; }

    /// <summary>While force-closing: height at which our main output can be swept; null when there is none or it is not known.</summary>
    public uint? MaturityHeight { get; init; }

    /// <summary>While closing: not back in the wallet yet.</summary>
    public Satoshi LimboBalance { get; init; }

    /// <summary>While closing: already back in the wallet, before the fees of taking it.</summary>
    public Satoshi RecoveredBalance { get; init; }

    /// <summary>While closing by a commitment: every output of it and of the HTLC transactions behind it; null where that is not known.</summary>
    public OnChainReport? OnChain { get; init; }

    /// <summary>The HTLCs of our last commitment.</summary>
    public IReadOnlyList<PendingHtlc> PendingHtlcs { get; init; } = [];
}
