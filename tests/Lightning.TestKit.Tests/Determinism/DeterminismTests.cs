using System.Diagnostics;
using Lightning.TestKit.Tests.Packaging;
using Xunit.Abstractions;

namespace Lightning.TestKit.Tests.Determinism;

/// <summary>A run is the same every time, here and in every other process.</summary>
public sealed class DeterminismTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_scenario_happens_in_the_same_way_again(bool isShuffled)
    {
        var first = await RunAsync(isShuffled);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 3; i++) Assert.Equal(first, await RunAsync(isShuffled));
        output.WriteLine($"{watch.ElapsedMilliseconds / 3} ms each");
        output.WriteLine(first);
    }

    [Theory]
    [InlineData(1, false, ScenarioJournals.InMemory)]
    [InlineData(2, true, ScenarioJournals.InMemory)]
    [InlineData(3, true, ScenarioJournals.Sqlite)]
    public async Task The_same_story_has_the_same_rows_and_messages_in_another_process(int seed, bool isShuffled, ScenarioJournals journals)
    {
        // Hash codes of strings differ there, and the order of whatever is kept by them.
        var options = new ScenarioOptions { Seed = seed, IsShuffled = isShuffled, Journals = journals };
        var there = await new DotnetTool(output).Run(AppContext.BaseDirectory, [typeof(StoryProcess).Assembly.Location, .. StoryProcess.Arguments(options)]);
        var here = await SeededStory.Tell(options);
        output.WriteLine($"{here.Count} rows, messages and remarks");
        Assert.Equal(here, there.TrimEnd().ReplaceLineEndings("\n").Split('\n'));
    }

    private static async Task<string> RunAsync(bool isShuffled)
    {
        await using var net = await Scenario.Network(new ScenarioOptions { Seed = 7, IsShuffled = isShuffled }, "alice", "bob", "carol");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net.OpenChannel("bob", "carol", 1_000_000.Sat());
        for (var i = 0; i < 3; i++) (await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()))).ShouldSettle();
        Assert.Equal(0, net.Loop.Intrusions);
        return net.Chart();
    }
}
