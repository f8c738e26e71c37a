using Lightning.TestKit;
using Xunit;

namespace Samples;

/// <summary>Whoever publishes a state of a channel that was paid away since loses everything in it (BOLT 5).</summary>
public sealed class CheatingPeerPunished
{
    [Fact]
    public async Task Publishing_an_old_commitment_costs_the_whole_channel()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());

        // Alice keeps the transaction by which she could close the channel now, while nearly all of it is hers ...
        var old = channel.CommitmentOf("alice");

        // ... and pays most of it to bob. With that her old transaction is revoked: bob has been given what punishes its use.
        (await net["alice"].Pay(await net["bob"].Invoice(700_000.Sat()))).ShouldSettle();

        // She publishes it all the same while bob is away, and a miner takes it. Of her, no account is asked of what became of her money.
        net.Cheats("alice");
        var before = await net["bob"].WalletBalance();
        await net["bob"].Crash();
        net.Chain.Broadcast(old);
        await net.Mine();

        // Bob comes back within the time that her own output is locked for. His node sees what happened, without being asked.
        await net.AdvanceBlocks(6);
        await net["bob"].Start();
        await net.AdvanceBlocks(3);
        channel.ShouldBeClosedBy(old);
        channel.ShouldBePunishedBy("bob");

        // All that alice had published as hers is in bob's wallet, less the fee of the transaction that took it.
        var after = await net["bob"].WalletBalance();
        Assert.True(after.Confirmed - before.Confirmed > 980_000.Sat());
    }
}
