using Lightning.Routing.Graph;
using Lightning.Routing.Scoring;

namespace Lightning.Routing.Paths;

/// <summary>What is dear in one search.</summary>
/// <param name="Attempt">Millisatoshi for each -ln of the chance.</param>
/// <param name="Delay">Millisatoshi for each millisatoshi and block.</param>
/// <param name="Knowledge">What is known of single channels; null for nothing.</param>
internal readonly record struct Prices(double Attempt, double Delay, LiquidityMap? Knowledge)
{
    /// <summary>-ln of the chance that an edge carries so much more than other parts already send over it.</summary>
    public double Chance(int place, in GraphEdge edge, long used, long sent)
    {
        if (edge.Capacity == long.MaxValue || Attempt == 0) return 0;
        return Knowledge is not null && Knowledge.Places[place] != 0
            ? Knowledge.Chance(place, edge.Capacity, used, sent)
            : used == 0 ? Scoring.Chance.Unknown(sent, edge.Capacity) : Scoring.Chance.Unknown(used + sent, edge.Capacity) - Scoring.Chance.Unknown(used, edge.Capacity);
    }
}
