using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightning.Routing.Graph;
using Lightning.Routing.Paths;
using Spectre.Console;

namespace Lightning.Benchmarks.Paths;

/// <summary>
/// Paths on the graph of mainnet from a well-connected node to random nodes that can be reached: how long finding them takes, and how many arrive at the first
/// try where the money in every channel stands at random. Beside it plain Dijkstra by fee, from the same node to the same payees over the same balances.
/// </summary>
internal static class PathsBenchmark
{
    private const uint Height = 935_000;
    private const int WarmUp = 300;

    private static readonly long[] Amounts = [1_000, 100_000];

    public static int Run(string folder, int targets, int rank, int seed, bool json)
    {
        var graph = MainnetGraph.Read(folder);
        var file = Path.Combine(Path.GetTempPath(), $"graph-{Environment.ProcessId}.bin");
        using (var stream = File.Create(file)) GraphSnapshot.Write(graph.View(), stream);
        var (loadMs, rssMb) = LoadElsewhere(file);
        using (var stream = File.OpenRead(file)) graph = GraphSnapshot.Read(stream);
        File.Delete(file);

        var world = new World(graph, rank, seed);
        var payees = world.Targets(targets + WarmUp);
        if (!json) AnsiConsole.MarkupLineInterpolated($"[grey]{graph.NodeCount} nodes, {graph.ChannelCount} channels; from {world.Source}, {world.Locals.Count} channels, to {payees.Count - WarmUp} nodes[/]");
        var results = new JsonObject();
        var table = new Table().AddColumns("paths", "sat", "p50 ms", "p99 ms", "first try", "fee ppm (median)", "parts");
        foreach (var (name, parts) in new[] { ("single", 1), ("multi", 16) })
        {
            var byAmount = new JsonObject();
            foreach (var amount in Amounts)
            {
                var figures = world.Measure(payees, amount, parts);
                byAmount[amount.ToString(CultureInfo.InvariantCulture)] = new JsonObject
                {
                    ["p50_ms"] = Math.Round(figures.P50, 3), ["p99_ms"] = Math.Round(figures.P99, 3), ["success"] = Math.Round(figures.Success, 4),
                };
                Row(table, name, amount, figures);
            }

            results[name] = byAmount;
        }

        if (json)
        {
            results["load_ms"] = Math.Round(loadMs, 1);
            results["rss_mb"] = Math.Round(rssMb, 1);
            Console.WriteLine(results.ToJsonString());
            return 0;
        }

        foreach (var amount in Amounts) Row(table, "plain Dijkstra by fee", amount, world.MeasurePlain(payees, amount));
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"load {loadMs:0.0} ms from our own snapshot, {rssMb:0.0} MB resident, runtime included (a process that does nothing else)");
        return 0;
    }

    /// <summary>What a process that only loads the graph reports: milliseconds and megabytes.</summary>
    public static int Load(string file)
    {
        var clock = Stopwatch.StartNew();
        ChannelGraph graph;
        using (var stream = File.OpenRead(file)) graph = GraphSnapshot.Read(stream);
        var elapsed = clock.Elapsed.TotalMilliseconds;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed} {Environment.WorkingSet / 1e6}"));
        GC.KeepAlive(graph);
        return 0;
    }

    private static (double LoadMs, double RssMb) LoadElsewhere(string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(PathsBenchmark).Assembly.Location);
        foreach (var argument in new[] { "load-graph", file }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var words = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        return (double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static void Row(Table table, string name, long amount, Figures figures) => table.AddRow(
        name, $"{amount}", $"{figures.P50:0.000}", $"{figures.P99:0.000}", $"{figures.Success:0.0%}", $"{figures.FeePpm:0}", $"{figures.Parts:0.00}");

    /// <summary>The network, our place in it, and where the money stands.</summary>
    private sealed class World
    {
        private readonly ChannelGraph _graph;
        private readonly HiddenBalances _balances;
        private readonly PlainDijkstra _plain;
        private readonly Dictionary<ShortChannelId, long> _ours = [];
        private readonly PathFinder _finder;
        private readonly Random _random;

        public World(ChannelGraph graph, int rank, int seed)
        {
            var view = graph.View();
            (_graph, _balances, _plain, _random) = (graph, new HiddenBalances(view, seed), new PlainDijkstra(view), new Random(seed + 1));
            Source = view.Nodes().OrderByDescending(static node => node.Channels).ThenBy(static node => node.NodeId).ElementAt(rank).NodeId;
            foreach (var channel in view.ChannelsOf(Source))
            {
                var (policy, peer) = channel.Node1 == Source ? (channel.Policy1, channel.Node2) : (channel.Policy2, channel.Node1);
                var balance = _balances.Of(new DirectedChannel(channel.ShortChannelId, peer));
                _ours[channel.ShortChannelId] = balance;
                if (policy is { IsDisabled: false })
                    Locals.Add(new LocalChannel(channel.ShortChannelId, peer, Math.Min(balance, policy.HtlcMaximum.Value).Msat(), policy.HtlcMinimum));
            }

            _finder = new PathFinder(new FixedGraph(view));
        }

        public NodeId Source { get; }

        public List<LocalChannel> Locals { get; } = [];

        /// <summary>Random nodes that the largest amount can reach.</summary>
        public List<NodeId> Targets(int count)
        {
            var nodes = _graph.View().Nodes().Select(static node => node.NodeId).Where(node => node != Source).ToArray();
            _random.Shuffle(nodes);
            return [.. nodes.Where(node => _plain.Find(Source, node, Amounts[^1] * 1000, _ours) is not null).Take(count)];
        }

        public Figures Measure(List<NodeId> payees, long amount, int parts)
        {
            var figures = new Series(payees.Count - WarmUp);
            for (var i = 0; i < payees.Count; i++)
            {
                var request = new RouteRequest
                {
                    Source = Source,
                    Target = payees[i],
                    Amount = (amount * 1000).Msat(),
                    FeeLimit = (amount * 1000).Msat(),
                    CurrentHeight = Height,
                    FinalCltvExpiryDelta = 40,
                    LocalChannels = Locals,
                    MaxParts = parts,
                };
                var start = Stopwatch.GetTimestamp();
                var result = _finder.Find(request);
                var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (i < WarmUp) continue;
                if (result is RoutesFound found) figures.Add(elapsed, _balances.Carry(found.Routes), found.Fee.Value * 1e6 / request.Amount.Value, found.Routes.Count);
                else figures.Add(elapsed, false, null, 0);
            }

            return figures.Result();
        }

        public Figures MeasurePlain(List<NodeId> payees, long amount)
        {
            var figures = new Series(payees.Count - WarmUp);
            for (var i = 0; i < payees.Count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                var path = _plain.Find(Source, payees[i], amount * 1000, _ours);
                var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (i < WarmUp) continue;
                if (path is null) figures.Add(elapsed, false, null, 0);
                else figures.Add(elapsed, path.TrueForAll(hop => hop.Amount <= _balances.Of(hop.Channel)), (path[0].Amount - (amount * 1000)) * 1e3 / amount, 1);
            }

            return figures.Result();
        }
    }

    private sealed class FixedGraph(GraphView view) : IChannelGraph
    {
        public GraphView View => view;
    }

    private sealed class Series(int count)
    {
        private readonly List<double> _times = new(count);
        private readonly List<double> _fees = new(count);
        private int _arrived;
        private int _parts;

        public void Add(double time, bool arrived, double? feePpm, int parts)
        {
            _times.Add(time);
            if (feePpm is { } fee) _fees.Add(fee);
            if (arrived) _arrived++;
            _parts += parts;
        }

        public Figures Result()
        {
            _times.Sort();
            _fees.Sort();
            return new Figures(
                _times[_times.Count / 2],
                _times[Math.Min(_times.Count - 1, _times.Count * 99 / 100)],
                (double)_arrived / _times.Count,
                _fees.Count == 0 ? 0 : _fees[_fees.Count / 2],
                (double)_parts / Math.Max(1, _fees.Count));
        }
    }

    private sealed record Figures(double P50, double P99, double Success, double FeePpm, double Parts);
}
