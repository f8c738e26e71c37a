namespace Lightning.Actors.Api;

/// <summary>What an output of a closed channel was.</summary>
public enum ResolutionKind
{
    /// <summary>An HTLC of a revoked commitment, or what a cheater made of one.</summary>
    Unknown = 0,

    /// <summary>This node's anchor.</summary>
    Anchor = 1,

    /// <summary>An HTLC that the peer offered.</summary>
    IncomingHtlc = 2,

    /// <summary>An HTLC that this node offered.</summary>
    OutgoingHtlc = 3,

    /// <summary>A balance.</summary>
    Commitment = 4,
}
