namespace Lightning.Channels.Actions;

/// <summary>What a published transaction is for.</summary>
public enum TransactionPurpose
{
    /// <summary>Funds the channel.</summary>
    Funding = 0,

    /// <summary>This node's commitment: a force close.</summary>
    Commitment = 1,

    /// <summary>A mutual close.</summary>
    MutualClose = 2,

    /// <summary>Takes this node's own money after a unilateral close.</summary>
    Sweep = 3,

    /// <summary>Takes an HTLC with its preimage.</summary>
    HtlcSuccess = 4,

    /// <summary>Takes an HTLC back after its expiry.</summary>
    HtlcTimeout = 5,

    /// <summary>Takes everything from a revoked commitment.</summary>
    Penalty = 6,

    /// <summary>Spends this node's anchor to pay for an unconfirmed commitment.</summary>
    Anchor = 7,
}
