namespace Lightning.Chain;

/// <summary>Kinds of answer to a broadcast. Only <see cref="Conflict"/> says something about the money; the rest is worth another try.</summary>
public enum BroadcastOutcome
{
    /// <summary>In the mempool now.</summary>
    Accepted,

    /// <summary>It was in the mempool or in the chain already.</summary>
    AlreadyKnown,

    /// <summary>An input is unknown, or spent already by a confirmed transaction.</summary>
    MissingInputs,

    /// <summary>An input is spent by another transaction of the mempool that pays more.</summary>
    Conflict,

    /// <summary>The fee is below what the mempool takes now.</summary>
    FeeTooLow,

    /// <summary>A lock time or a relative lock has not passed yet.</summary>
    NotFinal,

    /// <summary>Refused for another reason, or an answer that is not understood: not final, try again.</summary>
    Rejected,
}
