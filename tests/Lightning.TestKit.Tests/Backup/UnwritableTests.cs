using Lightning.Actors.Api;
using Lightning.Actors.Backup;

namespace Lightning.TestKit.Tests.Backup;

/// <summary>While the backup cannot be written no channel opens, and those that are there go on.</summary>
public sealed class UnwritableTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channels_that_are_there_pay_and_close_while_the_backup_can_be_neither_written_nor_read(bool force)
    {
        await using var net = await RestoreTests.Pair();
        var (alice, bob, channel) = (net["alice"], net["bob"], net.Channels[0]);
        alice.Backup.FillDisk();
        (await alice.Pay(await bob.Invoice(10_000.Sat()))).ShouldSettle();
        (await bob.Pay(await alice.Invoice(20_000.Sat()))).ShouldSettle();

        // Also after a start.
        await alice.Restart();
        await net.Until(() => channel.IsUsable, "the channel goes on");
        (await bob.Pay(await alice.Invoice(10_000.Sat()))).ShouldSettle();
        (await alice.Pay(await bob.Invoice(20_000.Sat()))).ShouldSettle();

        // Its operator is told, and a new channel is refused with the reason.
        await alice.Fund(2_000_000.Sat());
        var refused = await Assert.ThrowsAsync<LightningException>(() => alice.Do(api => api.OpenChannelAsync(new OpenChannelRequest { Peer = bob.Id, Capacity = 500_000.Sat() })));
        Assert.Contains("cannot be registered and backed up", refused.Message, StringComparison.Ordinal);
        Assert.Contains(alice.Errors, static error => error.StartsWith("The channel backup cannot be read: The disk is in trouble.", StringComparison.Ordinal));
        channel.ShouldBeOpen();

        var (before, mine) = ((await alice.WalletBalance()).Confirmed, channel.BalanceOf("alice"));
        await alice.Close(channel, force);
        await RestoreTests.GetsBack(net, channel, "alice", before, mine);
        Assert.Equal(1, InFile(alice));

        // Once there is room again, the file is as it should be.
        alice.Backup.Heal();
        await net.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, InFile(alice));
        Assert.True((await net.OpenChannel("alice", "bob", 500_000.Sat())).IsUsable);
        Assert.Equal(1, InFile(alice));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_while_a_closed_channel_goes_from_the_file_leaves_the_old_one_or_the_new_one(bool before)
    {
        await using var net = await RestoreTests.Pair();
        var alice = net["alice"];
        await alice.Close(net.Channels[0]);
        await net.Mine(20);
        Assert.Equal(1, InFile(alice));
        if (before) alice.Backup.CrashBeforeRename();
        else alice.Backup.CrashAfterRename();
        await net.Mine(200);
        Assert.False(alice.IsRunning);
        Assert.Equal(before ? 1 : 0, InFile(alice));
        await alice.Start();
        await net.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, InFile(alice));
    }

    private static int InFile(ScenarioNode node) => BackupEnvelope.Open(node.Backup.Content!.Value.Span, node.Keys, Network.Regtest).Channels.Count;
}
