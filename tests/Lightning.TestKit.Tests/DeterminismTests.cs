using System.Diagnostics;
using Xunit.Abstractions;

namespace Lightning.TestKit.Tests;

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
