namespace Lightning.Channels.Parameters;

/// <summary>Which commitment feerates this node offers and accepts.</summary>
internal static class FeeratePolicy
{
    /// <summary>The feerate for this node's own channels.</summary>
    public static FeeratePerKw Wanted(ChannelType type, ChannelEnvironment environment)
    {
        var fees = environment.Fees;
        // A commitment with anchors only needs to get into the mempool: its child pays for the rest.
        var wanted = type.Anchors && fees.Commitment > environment.Config.MaxAnchorFeerate ? environment.Config.MaxAnchorFeerate : fees.Commitment;
        return Max(Max(wanted, fees.Minimum), FeeratePerKw.Floor);
    }

    /// <summary>What is wrong with a peer's feerate; null where nothing is.</summary>
    /// <param name="feerate">The feerate.</param>
    /// <param name="current">What it takes the place of: a rise is welcome, even if it is not enough. Null at the opening.</param>
    /// <param name="type">The channel's type.</param>
    /// <param name="environment">The estimates.</param>
    public static string? Violation(FeeratePerKw feerate, FeeratePerKw? current, ChannelType type, ChannelEnvironment environment)
    {
        if (feerate < FeeratePerKw.Floor) return $"{feerate} is not relayed.";
        var (estimate, config) = (environment.Fees.Commitment, environment.Config);
        if (feerate > config.AlwaysAcceptedFeerate && feerate.Value > estimate.Value * (long)config.MaxFeeratePercent / 100) return $"{feerate} is unreasonably large.";
        if (!type.Anchors && (current is null || feerate < current) && feerate.Value < estimate.Value * (long)config.MinFeeratePercent / 100) return $"{feerate} is too small for timely processing.";
        return null;
    }

    private static FeeratePerKw Max(FeeratePerKw left, FeeratePerKw right) => left > right ? left : right;
}
