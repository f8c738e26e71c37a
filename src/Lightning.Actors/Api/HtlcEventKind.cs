namespace Lightning.Actors.Api;

/// <summary>What happened to an HTLC.</summary>
public enum HtlcEventKind
{
    /// <summary>It was offered to the next node.</summary>
    Forwarded = 0,

    /// <summary>It is paid: the fee is earned.</summary>
    Settled = 1,

    /// <summary>It failed behind this node, or on chain.</summary>
    Failed = 2,

    /// <summary>The outgoing channel did not take it, or there was none for it.</summary>
    Refused = 3,
}
