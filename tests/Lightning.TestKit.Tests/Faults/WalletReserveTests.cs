using Lightning.Actors.Api;
using Lightning.Actors.Channels;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>What a wallet keeps back, and for how long it looks after a funding.</summary>
public sealed class WalletReserveTests
{
    [Fact]
    public async Task An_opening_that_would_take_the_anchor_reserve_is_refused_for_want_of_coins_by_name()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net["alice"].Fund(1_009_000.Sat());
        await net.Connect("alice", "bob");
        var request = new OpenChannelRequest { Peer = net["bob"].Id, Capacity = 1_000_000.Sat() };
        var refusal = await Assert.ThrowsAsync<LightningException>(() => net["alice"].Do(api => api.OpenChannelAsync(request)));
        Assert.Equal(LightningErrorKind.InsufficientFunds, refusal.Kind);
        Assert.Contains("reserve of 10000 sat", refusal.Message, StringComparison.Ordinal);

        // Nobody else is told what the wallet holds.
        Assert.Contains("The channel cannot be funded.", net.Chart(), StringComparison.Ordinal);
        Assert.Equal(default, (await net["alice"].WalletBalance()).ReservedForAnchors);

        // With enough, it is kept while the channel lives, and no longer.
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        Assert.Equal(10_000.Sat(), (await net["alice"].WalletBalance()).ReservedForAnchors);
        await net["alice"].Close(channel);
        await net.AdvanceBlocks(10);
        Assert.Equal(default, (await net["alice"].WalletBalance()).ReservedForAnchors);
    }

    [Fact]
    public async Task A_closed_channel_is_woken_once_for_the_coins_that_funded_it_and_then_no_more()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var entity = ChannelActor.PersistenceIdOf(net["alice"].Entry(channel.Funding)!.Key);
        await net["alice"].Close(channel);
        await net.AdvanceBlocks(200);
        var ended = net["alice"].Disk.Highest(entity);
        await Restart();
        var woken = net["alice"].Disk.Highest(entity);
        Assert.Equal(ended + 1, woken);
        await Restart();
        await Restart();
        Assert.Equal(woken, net["alice"].Disk.Highest(entity));

        async Task Restart()
        {
            await net["alice"].Crash();
            await net["alice"].Start();
            await net.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
