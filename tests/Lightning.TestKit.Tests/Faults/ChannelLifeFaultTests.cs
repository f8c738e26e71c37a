using Lightning.Actors.Api;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>Nodes that die, and wires that are cut, while channels open and close.</summary>
public sealed class ChannelLifeFaultTests
{
    [Theory]
    [InlineData("alice", false)]
    [InlineData("alice", true)]
    [InlineData("bob", false)]
    [InlineData("bob", true)]
    public async Task A_node_may_die_at_any_write_of_an_opening(string node, bool isAfter)
    {
        for (var n = 0; ; n++)
        {
            var at = n;
            var isUsable = await OpenThrough(net =>
            {
                if (isAfter) net[node].Journal.CrashAfterWrite(at);
                else net[node].Journal.CrashBeforeWrite(at);
                return () => net[node].Journal.Faults;
            });
            if (isUsable is not { } usable) continue;
            Assert.True(usable);
            Assert.True(n >= 3, $"only {n} writes");
            return;
        }
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task The_wire_may_be_cut_at_any_message_of_an_opening(string from)
    {
        for (var n = 0; ; n++)
        {
            var at = n;
            var isUsable = await OpenThrough(net =>
            {
                net.Link("alice", "bob").CutAt<Lightning.Protocol.Messages.LightningMessage>(from, after: at);
                return () => net.Link("alice", "bob").Faults;
            });
            if (isUsable is not { } usable) continue;
            Assert.True(usable);
            Assert.True(n >= 3, $"only {n} messages");
            return;
        }
    }

    [Theory]
    [InlineData("alice", false)]
    [InlineData("alice", true)]
    [InlineData("bob", false)]
    [InlineData("bob", true)]
    public async Task A_node_may_die_at_any_write_of_a_close(string node, bool isForced)
    {
        for (var n = 0; ; n++)
        {
            await using var net = await Scenario.Network(BriefDelays.Options, "alice", "bob");
            var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
            net[node].Journal.CrashAfterWrite(n);
            var closing = SimulationLoop.Begin(() => First(net["alice"].Api.CloseChannelAsync(new CloseChannelRequest(channel.Funding, Force: isForced))));
            await net.Advance(TimeSpan.FromSeconds(5));
            if (!net[node].IsRunning) await net[node].Start();
            await net.Advance(TimeSpan.FromMinutes(2));
            if (channel.Spender() is null)
            {
                // It died before the wish was written down: it is wished again.
                Assert.Equal("alice", node);
                await net["alice"].Close(channel, isForced);
            }

            for (var i = 0; i < 1100 && (channel.StateAt("alice") != "gone" || channel.StateAt("bob") != "gone"); i++)
            {
                await net.Mine();
                if (net[node].IsRunning) continue;
                await net[node].Start();
                await net.Advance(TimeSpan.FromMinutes(1));
            }

            Assert.Equal(("gone", "gone"), (channel.StateAt("alice"), channel.StateAt("bob")));
            Assert.InRange((await net["bob"].WalletBalance()).Confirmed.Value, 290_000, 300_000);
            if (net[node].Journal.Faults > 0) continue;
            _ = closing;
            Assert.True(n >= 3, $"only {n} writes");
            return;
        }
    }

    /// <summary>Opens a channel while something goes wrong: it comes about on both sides, or costs nothing and another one can be opened.</summary>
    /// <returns>Null where it went wrong; otherwise whether the channel can be used.</returns>
    private static async Task<bool?> OpenThrough(Func<ScenarioNetwork, Func<int>> order)
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net["alice"].Fund(1_500_000.Sat());
        await net.Connect("alice", "bob");
        var faults = order(net);
        var request = new OpenChannelRequest { Peer = net["bob"].Id, Capacity = 1_000_000.Sat() };
        var opening = SimulationLoop.Begin(() => net["alice"].Api.OpenChannelAsync(request));
        await net.Advance(TimeSpan.FromSeconds(5));
        await net.Mine(3);
        foreach (var node in net.Nodes)
        {
            if (!node.IsRunning) await node.Start();
        }

        var happened = faults() > 0;
        net["alice"].Journal.Heal();
        net["bob"].Journal.Heal();
        net.Link("alice", "bob").Heal();
        await net.Advance(TimeSpan.FromMinutes(1));
        await net.Mine(6);
        await net.Advance(TimeSpan.FromMinutes(1));
        var channels = await net["alice"].Do(api => api.ListChannelsAsync());
        if (channels.Count == 0)
        {
            Assert.InRange((await net["alice"].WalletBalance()).Confirmed.Value, 1_500_000, 1_500_000);
            await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        }

        Assert.True(Assert.Single(await net["alice"].Do(api => api.ListChannelsAsync())).IsActive);
        Assert.True(Assert.Single(await net["bob"].Do(api => api.ListChannelsAsync())).IsActive);
        (await net["alice"].Pay(await net["bob"].Invoice(Line.Amount))).ShouldSettle();
        _ = opening;
        return happened ? null : channels.Count == 1;
    }

    private static async Task<CloseProgress?> First(IAsyncEnumerable<CloseProgress> steps)
    {
        await foreach (var step in steps) return step;
        return null;
    }
}
