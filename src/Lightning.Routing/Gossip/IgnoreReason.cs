namespace Lightning.Routing.Gossip;

/// <summary>Why an announcement or update is ignored.</summary>
public enum IgnoreReason
{
    /// <summary>It is of another chain.</summary>
    OtherChain,

    /// <summary>It is known already, or being checked.</summary>
    Duplicate,

    /// <summary>Something newer is known.</summary>
    Outdated,

    /// <summary>It has the timestamp of what is known, and says something else.</summary>
    Contradictory,

    /// <summary>It is too old to be of use.</summary>
    Stale,

    /// <summary>Its timestamp is too far ahead of our clock.</summary>
    FromTheFuture,

    /// <summary>Its channel is not announced, or its node has no announced channel.</summary>
    Unknown,

    /// <summary>Its channel's output has too few confirmations.</summary>
    TooEarly,

    /// <summary>Its channel's output does not exist, is spent, or is another.</summary>
    NotFunded,

    /// <summary>Its channel is being closed.</summary>
    Spent,

    /// <summary>The chain cannot be asked now.</summary>
    ChainAway,

    /// <summary>There are too many of its kind.</summary>
    RateLimited,

    /// <summary>It is too long to be kept.</summary>
    TooLong,

    /// <summary>Too much is being checked already.</summary>
    Busy,

    /// <summary>A node of it has signed two announcements of one channel.</summary>
    Blacklisted,
}
