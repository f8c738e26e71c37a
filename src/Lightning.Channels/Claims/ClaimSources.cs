using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.OnChain;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>What claims are made from: what the chain shows, and what the channel knows of it.</summary>
internal sealed record ClaimSources
{
    /// <summary>The outputs that decide about this node's money, as the chain has them; those of HTLC transactions too.</summary>
    public ImmutableArray<ChainOutput> Outputs { get; init; } = [];

    /// <summary>The commitment in a block, or while there is none, the one that waits for one; null where it cannot be rebuilt.</summary>
    public CommitmentTransaction? Commitment { get; init; }

    /// <summary>That commitment, signed, while it waits for a block: only its anchor can be taken then.</summary>
    public Transaction? Unconfirmed { get; init; }

    /// <summary>The peer's signatures, where it is this node's.</summary>
    public CommitmentSignatures? Signatures { get; init; }

    /// <summary>The peer's secret of it, where it is a revoked one.</summary>
    public Bytes32? RevocationSecret { get; init; }

    /// <summary>What this node can take of a commitment that cannot be rebuilt.</summary>
    public ImmutableArray<ClaimableOutput> Found { get; init; } = [];

    /// <summary>The preimages that this node has given, by the ids of the peer's HTLCs.</summary>
    public IReadOnlyDictionary<ulong, PaymentPreimage> Preimages { get; init; } = ImmutableDictionary<ulong, PaymentPreimage>.Empty;

    /// <summary>Expiries of the incoming HTLCs for which this node offered its own, by the ids of its own.</summary>
    public IReadOnlyDictionary<ulong, uint> IncomingExpiries { get; init; } = ImmutableDictionary<ulong, uint>.Empty;
}
