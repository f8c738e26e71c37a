using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Lightning.TestKit.Tests.OnChain;

public sealed class ChainExplorationTests(ITestOutputHelper output)
{
    private const int Steps = 60;
    private const int Stories = 6;

    // So many stories, or as many as fit into LIGHTNING_EXPLORE_SECONDS.
    [Fact]
    public async Task However_a_channel_is_closed_nobody_honest_loses_money_and_every_ledger_adds_up()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SEED") ?? "1", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var (steps, stories) = (new SortedDictionary<string, int>(StringComparer.Ordinal), 0);
        for (var seed = first; seed < first + Stories || watch.Elapsed.TotalSeconds < seconds; seed++)
        {
            var end = await ChainExplorer.Explore(seed, Steps);
            foreach (var (name, count) in end.Done) steps[name] = steps.GetValueOrDefault(name) + count;
            stories++;
            if (end.Message is not null) Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, after {stories} stories: {end}"));
        }

        var sum = steps.Values.Sum();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sum} steps in {stories} stories, {sum / watch.Elapsed.TotalSeconds:F0} a second: {string.Join(", ", steps.Select(static one => $"{one.Key} {one.Value}"))}"));
    }
}
