using Lightning.Actors.Api;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>What a node says of channels that it has not read yet, as it is for a moment after a start.</summary>
public sealed class StartingTests
{
    [Fact]
    public async Task A_channel_that_the_registry_knows_is_waited_for()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net["alice"].Restart();
        Forget(net["alice"], channel);
        var info = await net["alice"].Do(api => api.WaitForChannelReadyAsync(channel.Funding));
        Assert.Equal(channel.Funding, info.Funding);
    }

    [Fact]
    public async Task One_that_does_not_come_is_starting_and_one_that_does_not_exist_is_not_found()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var unknown = await Assert.ThrowsAsync<LightningException>(() => net["alice"].Do(api => api.WaitForChannelReadyAsync(channel.Funding with { Index = 77 })));
        Assert.Equal(LightningErrorKind.NotFound, unknown.Kind);
        await net.Advance(TimeSpan.FromMinutes(1));
        Forget(net["alice"], channel);
        var known = await Assert.ThrowsAsync<LightningException>(() => net["alice"].Do(api => api.WaitForChannelReadyAsync(channel.Funding)));
        Assert.Equal(LightningErrorKind.Unavailable, known.Kind);
        Assert.Contains("is starting", known.Message, StringComparison.Ordinal);
    }

    private static void Forget(ScenarioNode node, ScenarioChannel channel) => node.Runtime.Directory.Remove(node.Entry(channel.Funding)!.Key);
}
