namespace Lightning.Routing.Scoring;

/// <summary>What is known of single channels, by the place of their edges in one view, as it is believed at one time.</summary>
internal sealed class LiquidityMap
{
    /// <summary>For each edge of the view: number of what is known of it, or 0.</summary>
    public int[] Places { get; } = [];

    /// <summary>Grows when something has become cheaper than it was.</summary>
    public long Successes { get; }

    /// <summary>-ln of the chance that an edge carries so much more than other parts already send over it.</summary>
    public double Chance(int place, long capacity, long used, long sent) => throw new NotSupportedException();
}
