using Lightning.Actors.Hosting;
using Lightning.Actors.Journal;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Tests.Hosting;

public sealed class RestoredDatabaseTests
{
    [Fact]
    public async Task An_old_copy_of_the_database_is_recognised_and_a_current_one_is_not_suspected()
    {
        var chain = new QuietChain();
        await using var alice = await HostedNode.StartAsync("alice", chain, chain);
        await using var bob = await HostedNode.StartAsync("bob", chain, chain);
        Assert.Null(alice.Runtime.Restored);
        await alice.StopAsync();
        var copy = alice.Copy();
        await alice.StartAsync();
        Assert.Null(alice.Runtime.Restored);
        await alice.Node.ConnectPeerAsync(bob.PeerAddress);
        await alice.StopAsync();
        Assert.True(JournalPosition.Read(alice.File("journal.position")) > 0);
        alice.Restore(copy);
        await alice.StartAsync();
        var key = new LocalChannelKey(1, 2);
        Assert.True(alice.Runtime.Restored!.IsGuarded(key));
        alice.Runtime.Restored.IsCurrent(key);
        await alice.StopAsync();
        await alice.StartAsync();
        Assert.False(alice.Runtime.Restored!.IsGuarded(key));
        Assert.True(alice.Runtime.Restored.IsGuarded(new LocalChannelKey(1, 3)));
    }

    [Fact]
    public async Task A_damaged_position_is_told_and_does_not_stop_a_restored_database()
    {
        var (chain, isRestored) = (new QuietChain(), false);
        await using var alice = await HostedNode.StartAsync("alice", chain, chain, options => options with { IsRestored = isRestored });
        await alice.StopAsync();
        await File.WriteAllTextAsync(alice.File("journal.position"), "");
        await Assert.ThrowsAsync<InvalidDataException>(() => alice.StartAsync());
        isRestored = true;
        await alice.StartAsync();
        Assert.NotNull(alice.Runtime.Restored);
        await alice.StopAsync();
        isRestored = false;
        await alice.StartAsync();
        Assert.NotNull(alice.Runtime.Restored);
    }
}
