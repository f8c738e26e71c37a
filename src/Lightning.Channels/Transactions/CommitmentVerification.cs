namespace Lightning.Channels.Transactions;

/// <summary>What a received commitment_signed is worth.</summary>
public enum CommitmentVerification
{
    /// <summary>All signatures are good: the commitment can be broadcast and its HTLCs claimed.</summary>
    Valid = 0,

    /// <summary>The signature of the commitment transaction is wrong, or has a high S.</summary>
    InvalidCommitmentSignature,

    /// <summary>There are not as many HTLC signatures as HTLC outputs.</summary>
    WrongNumberOfHtlcSignatures,

    /// <summary>The signature of an HTLC transaction is wrong, or has a high S.</summary>
    InvalidHtlcSignature,
}
