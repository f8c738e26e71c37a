namespace Lightning.Routing.Paths;

/// <summary>
/// What besides fees makes a path dear. A path's cost is its fees, plus what the delay of its HTLC is worth, plus what an attempt that fails is worth times
/// -ln of the chance that it succeeds.
/// </summary>
public sealed record PathCosts
{
    /// <summary>The fee alone counts, and the delay where fees are equal.</summary>
    public static PathCosts FeesOnly { get; } = new() { AttemptBase = MilliSatoshi.Zero, AttemptMillionths = 0 };

    /// <summary>What a block of delay is worth, in billionths of the amount.</summary>
    public int DelayBillionthsPerBlock { get; init; } = 15;

    /// <summary>What an attempt is worth whatever its amount: that much more is paid for a path that fails 1 / e times as often.</summary>
    public MilliSatoshi AttemptBase { get; init; } = new(100_000);

    /// <summary>What an attempt is worth for its amount, in millionths.</summary>
    public int AttemptMillionths { get; init; } = 1_000;

    /// <summary>Millisatoshi for each -ln of the chance.</summary>
    internal double AttemptCost(double amount) => AttemptBase.Value + (amount * AttemptMillionths / 1e6);

    /// <summary>Millisatoshi for each millisatoshi and block.</summary>
    internal double DelayCost => DelayBillionthsPerBlock / 1e9;
}
