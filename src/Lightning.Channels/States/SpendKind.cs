namespace Lightning.Channels.States;

/// <summary>What a transaction that spends the funding output is.</summary>
public enum SpendKind
{
    /// <summary>A mutual close.</summary>
    Mutual = 0,

    /// <summary>This node's current commitment.</summary>
    LocalCommitment = 1,

    /// <summary>The peer's current commitment.</summary>
    RemoteCommitment = 2,

    /// <summary>The peer's next commitment: signed by this node, the previous one not yet revoked.</summary>
    NextRemoteCommitment = 3,

    /// <summary>A revoked commitment of the peer.</summary>
    RevokedCommitment = 4,

    /// <summary>A commitment of the peer that this node does not know: its state is old.</summary>
    FutureRemoteCommitment = 5,

    /// <summary>None that this node can name.</summary>
    Unknown = 6,

    /// <summary>A commitment of this node that is not its current one: published by an old copy of it, or newer than this copy. Its balance needs no more than its number.</summary>
    OtherLocalCommitment = 7,
}
