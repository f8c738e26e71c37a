using System.Diagnostics;
using System.Globalization;
using Lightning.TestKit.Exploration;
using Xunit.Abstractions;

namespace Lightning.TestKit.Tests.Exploration;

public sealed class ExplorationTests(ITestOutputHelper output)
{
    private const int Steps = 200;

    // So many stories, or as many as fit into LIGHTNING_EXPLORE_SECONDS.
    [Fact]
    public async Task Whatever_happens_no_node_finds_fault_and_every_payment_ends_once()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SEED") ?? "1", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var (steps, stories) = (0, 0);
        for (var seed = first; seed < first + 10 || watch.Elapsed.TotalSeconds < seconds; seed++)
        {
            var explored = await ScenarioExplorer.Explore(seed, Steps);
            steps += explored.Steps;
            stories++;
            if (explored.Failure is { } failure) Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, after {steps} steps: {failure}"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{steps} steps in {stories} stories, {steps / watch.Elapsed.TotalSeconds:F0} a second"));
    }
}
