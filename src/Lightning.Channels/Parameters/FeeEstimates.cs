namespace Lightning.Channels.Parameters;

/// <summary>What the chain backend says of feerates, all in sat/kw.</summary>
/// <param name="Minimum">The least that is relayed at this moment.</param>
/// <param name="Commitment">For a commitment transaction that cannot be bumped: within 6 blocks.</param>
/// <param name="MutualClose">For a mutual close, in no hurry: within 24 blocks.</param>
/// <param name="Urgent">For the next blocks.</param>
public sealed record FeeEstimates(FeeratePerKw Minimum, FeeratePerKw Commitment, FeeratePerKw MutualClose, FeeratePerKw Urgent)
{
    /// <summary>What a replacement pays for its own relay, on top of all that it replaces (BIP 125, rule 4).</summary>
    public FeeratePerKw Incremental { get; init; } = new(250);

    /// <summary>Within 144 blocks; <see cref="MutualClose"/> where it is not given.</summary>
    public FeeratePerKw Slow
    {
        get => field == default ? MutualClose : field;
        init;
    }

    /// <summary>The feerate for confirmation within so many blocks, never below <see cref="Minimum"/>.</summary>
    /// <param name="blocks">How many blocks are left; 0 or 1 for the next one.</param>
    public FeeratePerKw For(uint blocks)
    {
        var estimate = blocks switch
        {
            <= 2 => Urgent,
            <= 6 => Commitment,
            <= 24 => MutualClose,
            _ => Slow,
        };
        return estimate < Minimum ? Minimum : estimate;
    }
}
