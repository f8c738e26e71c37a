namespace Lightning.Channels.Claims;

/// <summary>Why an output of a force close is ours (BOLT 5).</summary>
public enum ClaimKind
{
    /// <summary>to_local of our commitment, or the output of our HTLC transaction: after the delay.</summary>
    Delayed = 0,

    /// <summary>to_remote of the peer's commitment.</summary>
    ToRemote,

    /// <summary>An HTLC on the peer's commitment whose preimage we know.</summary>
    HtlcPreimage,

    /// <summary>An HTLC on the peer's commitment that we offered and that has timed out.</summary>
    HtlcTimeout,

    /// <summary>Any output of a revoked commitment, or of an HTLC transaction that spends it.</summary>
    Penalty,

    /// <summary>Our anchor.</summary>
    Anchor,
}
