using Lightning.Routing.Graph;

namespace Lightning.Routing.Paths;

/// <summary>
/// The latest <see cref="SourceDistances"/>, by what they were made for. Amounts are rounded down to a few steps for each power of two, so that most payments
/// find some that were made before. Bounded.
/// </summary>
internal sealed class DistanceCache
{
    private const int MaxEntries = 16;
    private const int StepsPerPowerOfTwo = 3;

    private readonly List<Entry> _entries = [];
    private readonly SearchHeap _heap = new();

    /// <summary>Those for a search: made now, or before for the same network, the same or more peers, and the same or less amount.</summary>
    /// <param name="graph">Where.</param>
    /// <param name="amount">What is to arrive, millisatoshi.</param>
    /// <param name="prices">What is dear.</param>
    public SourceDistances Get(RequestGraph graph, long amount, in Prices prices)
    {
        var (step, attempt) = (Step(amount), Step((long)prices.Attempt));
        var learnt = prices.Knowledge?.Successes ?? 0;
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            var entry = _entries[i];
            if (entry.AmountStep != step || entry.AttemptStep != attempt || entry.Delay != prices.Delay || entry.Source != graph.Source) continue;
            var fits = entry.View == graph.View && entry.Learnt == learnt && graph.Peers.All(entry.Peers.Contains);
            _entries.RemoveAt(i);
            if (!fits) break;
            _entries.Add(entry);
            return entry.Distances;
        }

        var made = SourceDistances.Of(graph.View, graph.Source, graph.Peers, Floor(step), prices with { Attempt = Floor(attempt) }, _heap);
        if (_entries.Count == MaxEntries) _entries.RemoveAt(0);
        _entries.Add(new Entry(step, attempt, prices.Delay, graph.Source, graph.View, learnt, [.. graph.Peers], made));
        return made;
    }

    private static int Step(long amount) => amount <= 0 ? -1 : (int)Math.Floor(Math.Log2(amount) * StepsPerPowerOfTwo);

    /// <summary>At most any amount of this step.</summary>
    private static long Floor(int step) => step < 0 ? 0 : (long)Math.Floor(Math.Pow(2, (double)step / StepsPerPowerOfTwo) * (1 - 1e-9));

    private sealed record Entry(
        int AmountStep, int AttemptStep, double Delay, int Source, GraphView View, long Learnt, HashSet<int> Peers, SourceDistances Distances);
}
