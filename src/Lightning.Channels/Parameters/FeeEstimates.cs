namespace Lightning.Channels.Parameters;

/// <summary>What the chain backend says of feerates, all in sat/kw.</summary>
/// <param name="Minimum">The least that is relayed at this moment.</param>
/// <param name="Commitment">For a commitment transaction that cannot be bumped.</param>
/// <param name="MutualClose">For a mutual close, in no hurry.</param>
/// <param name="Urgent">For the next blocks.</param>
public sealed record FeeEstimates(FeeratePerKw Minimum, FeeratePerKw Commitment, FeeratePerKw MutualClose, FeeratePerKw Urgent);
