namespace Lightning.Channels.Claims;

/// <summary>What a claim is for.</summary>
public enum ClaimPurpose
{
    /// <summary>This node's anchor, to pay for a commitment that is not in a block.</summary>
    Anchor = 0,

    /// <summary>An HTLC of the peer, with its preimage.</summary>
    HtlcSuccess,

    /// <summary>An HTLC of this node, after its expiry.</summary>
    HtlcTimeout,

    /// <summary>An output of a revoked commitment, or of what spends it.</summary>
    Penalty,

    /// <summary>What is this node's alone.</summary>
    Sweep,
}
