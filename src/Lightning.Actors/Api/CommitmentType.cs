namespace Lightning.Actors.Api;

/// <summary>The format of a channel's commitment transactions (BOLT 3, BOLT 9).</summary>
public enum CommitmentType
{
    /// <summary><c>option_static_remotekey</c> without anchors.</summary>
    StaticRemoteKey,

    /// <summary><c>option_anchors</c>: anchor outputs, HTLC transactions without fee.</summary>
    Anchors,

    /// <summary>Taproot funding output with MuSig2.</summary>
    SimpleTaproot,
}
