using Lightning.Actors.Api;

namespace Lightning.TestKit.Tests.Backup;

/// <summary>No channel exists that the backup does not know, and none is held up for long because it cannot be written.</summary>
public sealed class OpeningTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task An_opening_fails_cleanly_when_the_backup_cannot_be_written(string node)
    {
        await using var net = await Ready();
        var before = (await net["alice"].WalletBalance()).Confirmed;
        net[node].Backup.FillDisk();
        var failed = await Assert.ThrowsAsync<LightningException>(() => Open(net));
        Assert.Contains(node == "alice" ? "backed up" : "cannot be opened now", failed.Message, StringComparison.Ordinal);
        await net.Advance(TimeSpan.FromSeconds(40));
        foreach (var one in net.Nodes) Assert.Empty(await one.Do(static api => api.ListPendingChannelsAsync()));
        Assert.Empty(net.Chain.Mempool);

        // The connection, the coins and the next opening are as if nothing had been.
        net[node].Backup.Heal();
        await net.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(before, (await net["alice"].WalletBalance()).Confirmed);
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        Assert.True(channel.IsUsable);
        foreach (var one in net.Nodes) Assert.Single((await one.Do(static api => api.ExportBackupAsync())).Channels);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task An_opening_waits_for_a_backup_that_can_be_written_again_soon(string node)
    {
        await using var net = await Ready();
        net[node].Backup.FillDisk();
        var opening = Begin(net);
        await net.Advance(TimeSpan.FromSeconds(20));
        Assert.False(opening.IsCompleted);
        Assert.Empty(net.Chain.Mempool);
        net[node].Backup.Heal();
        await net.Until(() => opening.IsCompleted, "the channel is opened");
        await opening;
        Assert.Single(net.Chain.Mempool);
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("alice", false)]
    [InlineData("bob", true)]
    [InlineData("bob", false)]
    public async Task A_crash_before_or_after_the_new_file_takes_the_old_ones_place_leaves_no_channel_that_the_backup_does_not_know(string node, bool before)
    {
        await using var net = await Ready();
        var had = (await net["alice"].WalletBalance()).Confirmed;
        if (before) net[node].Backup.CrashBeforeRename();
        else net[node].Backup.CrashAfterRename();
        var opening = Begin(net);
        await net.Rest();
        Assert.False(net[node].IsRunning);
        await net[node].Start();
        await net.AdvanceBlocks(3);
        Assert.Empty(net.Chain.Mempool);
        Assert.Empty(await net["alice"].Do(static api => api.ListPendingChannelsAsync()));
        Assert.Equal(had, (await net["alice"].WalletBalance()).Confirmed);

        // What the backup may hold too much is known to be over, or not on chain.
        await net.Until(() => net["alice"].Api.ListPeersAsync().Result.Count > 0 || opening.IsCompleted, "they are connected again");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        Assert.True(channel.IsUsable);
        Assert.Single((await net["alice"].Do(static api => api.ExportBackupAsync())).Channels);
        if (opening.IsCompleted) await Assert.ThrowsAsync<LightningException>(() => opening);
    }

    [Fact]
    public async Task A_channel_is_in_the_backup_until_nothing_can_undo_its_end()
    {
        await using var net = await Ready();
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var one = Assert.Single((await net["alice"].Do(static api => api.ExportBackupAsync())).Channels);
        Assert.Equal(channel.Funding, one.Funding);
        await net["alice"].Close(channel);
        await net.Mine(20);
        Assert.Single((await net["alice"].Do(static api => api.ExportBackupAsync())).Channels);
        await net.Mine(200);
        Assert.Empty((await net["alice"].Do(static api => api.ExportBackupAsync())).Channels);
        Assert.Empty(await net["alice"].Do(api => api.VerifyBackupAsync(net["alice"].Backup.Content!.Value)));
    }

    [Fact]
    public async Task Who_listens_hears_of_each_channel_that_opens_or_goes()
    {
        await using var net = await Ready();
        var heard = new List<int>();
        using var end = new CancellationTokenSource();
        var listening = Simulation.SimulationLoop.Begin(() => Listen(net["alice"].Api, heard, end.Token));
        await net.Rest();
        Assert.Equal([0], heard);
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        Assert.Equal(1, heard[^1]);
        await net["alice"].Close(channel);
        await net.Mine(200);
        await net.Until(() => heard[^1] == 0, "it is told that the channel is gone");
        await end.CancelAsync();
        await net.Rest();
        Assert.True(listening.IsCompleted);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_put_aside_and_a_new_one_takes_its_place()
    {
        await using var net = await Ready();
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net["alice"].Crash();
        var good = net["alice"].Backup.Content!.Value;
        net["alice"].Backup.Content = new Bytes(good.Span[..^1]);
        await net["alice"].Start();
        await net.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(await net["alice"].Do(api => api.VerifyBackupAsync(net["alice"].Backup.Content!.Value)));
    }

    private static async Task<bool> Listen(ILightningNode api, List<int> heard, CancellationToken end)
    {
        try
        {
            await foreach (var backup in api.SubscribeBackupAsync(end).ConfigureAwait(false)) heard.Add(backup.Channels.Count);
        }
        catch (OperationCanceledException)
        {
            return true;
        }

        return false;
    }

    private static async Task<ScenarioNetwork> Ready()
    {
        var net = await Scenario.Network("alice", "bob");
        await net["alice"].Fund(3_000_000.Sat());
        await net.Connect("alice", "bob");
        return net;
    }

    private static Task<OutPoint> Open(ScenarioNetwork net) => net["alice"].Do(api => api.OpenChannelAsync(Request(net)));

    private static Task<OutPoint> Begin(ScenarioNetwork net)
    {
        var api = net["alice"].Api;
        return Simulation.SimulationLoop.Begin(() => api.OpenChannelAsync(Request(net)));
    }

    private static OpenChannelRequest Request(ScenarioNetwork net) => new() { Peer = net["bob"].Id, Capacity = 1_000_000.Sat() };
}
