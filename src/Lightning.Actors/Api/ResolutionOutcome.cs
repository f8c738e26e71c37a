namespace Lightning.Actors.Api;

/// <summary>What became of an output of a closed channel.</summary>
public enum ResolutionOutcome
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Taken by whom it was for: with its preimage, if it was an HTLC.</summary>
    Claimed = 1,

    /// <summary>It was not this node's to take, or another took it.</summary>
    Unclaimed = 2,

    /// <summary>Left: to take it would have cost more than it holds.</summary>
    Abandoned = 3,

    /// <summary>Taken by an HTLC transaction of this node, whose output follows.</summary>
    FirstStage = 4,

    /// <summary>An HTLC that was not paid: back with whom it was offered by.</summary>
    Timeout = 5,
}
