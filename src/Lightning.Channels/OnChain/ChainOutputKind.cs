namespace Lightning.Channels.OnChain;

/// <summary>What an output on chain is to this node (BOLT 5).</summary>
public enum ChainOutputKind
{
    /// <summary>to_local of this node's commitment, or the output of its HTLC transaction: this node's after the delay.</summary>
    OurDelayed = 0,

    /// <summary>to_remote of the peer's commitment: this node's balance.</summary>
    OurBalance,

    /// <summary>This node's anchor, on a commitment of either.</summary>
    OurAnchor,

    /// <summary>An HTLC that this node offered, on a commitment of either that is not revoked.</summary>
    OfferedHtlc,

    /// <summary>An HTLC that the peer offered, on a commitment of either that is not revoked.</summary>
    ReceivedHtlc,

    /// <summary>to_local of a revoked commitment of the peer.</summary>
    RevokedBalance,

    /// <summary>An HTLC of a revoked commitment of the peer, offered by either.</summary>
    RevokedHtlc,

    /// <summary>The output of a transaction by which the peer took an HTLC of a revoked commitment.</summary>
    RevokedSecondStage,

    /// <summary>The peer's: nothing that this node can take or has to see.</summary>
    Theirs,
}
