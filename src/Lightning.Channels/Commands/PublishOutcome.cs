namespace Lightning.Channels.Commands;

/// <summary>How the network takes a transaction that a channel publishes. None of them is final.</summary>
public enum PublishOutcome
{
    /// <summary>It is in the mempool or in a block.</summary>
    Taken = 0,

    /// <summary>It pays less than the mempool asks for.</summary>
    TooCheap = 1,

    /// <summary>Another transaction of the mempool spends one of its inputs, and pays more.</summary>
    Conflict = 2,

    /// <summary>One of its inputs is not there, or spent in a block.</summary>
    MissingInputs = 3,

    /// <summary>A lock of it has not passed.</summary>
    NotFinal = 4,

    /// <summary>It is refused for another reason.</summary>
    Refused = 5,
}
