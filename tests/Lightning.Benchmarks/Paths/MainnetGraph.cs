using System.Globalization;
using System.IO.Compression;
using Lightning.Routing.Graph;

namespace Lightning.Benchmarks.Paths;

/// <summary>
/// The public network of a day, from two tables: <c>*-channels.csv.gz</c> and <c>*-nodes.csv.gz</c>. Topology and terms are real; short channel ids are not in the
/// tables and are made up, as are timestamps.
/// </summary>
internal static class MainnetGraph
{
    public static ChannelGraph Read(string folder)
    {
        var nodes = Lines(folder, "*-nodes.csv.gz").Select(static line => NodeId.FromHex(line.Split(',')[1])).ToArray();
        var graph = new ChannelGraph();
        graph.Apply(Lines(folder, "*-channels.csv.gz").SelectMany((line, index) => Deltas(nodes, line.Split(','), index)), 1);
        return graph;
    }

    private static IEnumerable<GraphDelta> Deltas(NodeId[] nodes, string[] fields, int index)
    {
        var name = new ShortChannelId(700_000 + ((uint)index / 100), (uint)index % 100, 0);
        var (a, b) = (nodes[Number(fields[1])], nodes[Number(fields[2])]);
        var swapped = a.CompareTo(b) > 0;
        yield return swapped ? new ChannelAdded(name, b, a, Number(fields[3]).Sat()) : new ChannelAdded(name, a, b, Number(fields[3]).Sat());
        yield return new PolicyChanged(name, swapped ? 1 : 0, Policy(fields.AsSpan(4, 6)));
        yield return new PolicyChanged(name, swapped ? 0 : 1, Policy(fields.AsSpan(10, 6)));
    }

    private static ChannelPolicy Policy(ReadOnlySpan<string> fields) => new(
        Number(fields[3]).Msat(), (uint)Number(fields[4]), (ushort)Number(fields[5]), Number(fields[1]).Msat(), Number(fields[2]).Msat(), Number(fields[0]) != 0, 1_770_000_000);

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Lines(string folder, string pattern)
    {
        var file = Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new FileNotFoundException($"There is no {pattern} in {folder}.");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line) yield return line;
    }
}
