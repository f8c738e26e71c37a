using Lightning.Channels.Parameters;

namespace Lightning.Actors.Hosting;

/// <summary>How far a node follows what its chain backend says of feerates. What the mempool asks for at least is never limited.</summary>
public sealed record FeeLimits
{
    /// <summary>The least that is paid, sat/kw.</summary>
    public FeeratePerKw Floor { get; init; } = FeeratePerKw.Floor;

    /// <summary>The most that an estimate counts, sat/kw: 500 sat/vB. Claims near their deadline may pay more, as far as their budget goes.</summary>
    public FeeratePerKw Cap { get; init; } = new(125_000);

    /// <summary>What is paid where the backend has had no estimates for <see cref="StaleAfter"/>, or none yet: values that work on a quiet network.</summary>
    public FeeEstimates Fallback { get; init; } = new(FeeratePerKw.Floor, new(2_500), new(1_000), new(5_000));

    /// <summary>For so long the last estimates hold where the backend has no new ones.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromHours(1);
}
