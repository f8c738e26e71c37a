namespace Lightning.Channels.Transactions;

/// <summary>The outputs of a commitment transaction, as BOLT 3 names them ("local" is the commitment's owner).</summary>
public enum CommitmentOutputKind
{
    /// <summary>The owner's balance, delayed.</summary>
    ToLocal = 0,

    /// <summary>The other node's balance.</summary>
    ToRemote = 1,

    /// <summary>The owner's anchor.</summary>
    ToLocalAnchor = 2,

    /// <summary>The other node's anchor.</summary>
    ToRemoteAnchor = 3,

    /// <summary>An HTLC, offered or received by the owner.</summary>
    Htlc = 4,
}
