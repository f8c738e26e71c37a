using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.Journal;
using Lightning.Channels.States;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>Whole nodes whose database fails, or is an old copy: no channel is lost to that.</summary>
public sealed class DatabaseTroubleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_that_fails_during_a_payment_costs_a_connection_at_most(bool isPayee)
    {
        await using var world = new World();
        var (alice, bob) = (await world.StartAsync("alice"), await world.StartAsync("bob"));
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        var funding = await world.OpenAsync(alice, bob, 1_000_000.Sat());
        await World.PayAsync(alice, bob, 1_000_000.Msat());

        // On its way and held by the payee, whose settlement then meets the trouble on one side or the other.
        var preimage = await RestartTests.HoldAsync(bob, 2_000_000.Msat());
        await World.BeginPaymentAsync(alice, bob, preimage.Hash, 2_000_000.Msat());
        await RestartTests.AcceptedAsync(bob, preimage.Hash);
        var broken = isPayee ? bob : alice;
        using var log = Inbox.Create(broken.Runtime.Actors.System);
        broken.Runtime.Actors.System.EventStream.Subscribe(log.Receiver, typeof(Akka.Event.Warning));
        if (!isPayee) Sql(alice, "ALTER TABLE journal RENAME TO hidden");
        Assert.IsType<InvoiceAnswer>(await bob.Runtime.Actors.Invoices.Ask<object>(new SettleInvoice(preimage.Hash, preimage), TimeSpan.FromSeconds(20)));
        if (isPayee) Sql(bob, "ALTER TABLE journal RENAME TO hidden");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!((await log.ReceiveAsync(TimeSpan.FromSeconds(20)))?.ToString() ?? "").Contains("could not write", StringComparison.Ordinal)) Assert.False(limit.IsCancellationRequested, "nothing failed");
        Assert.IsType<Normal>(World.Entry(isPayee ? alice : bob, funding)!.State);
        Sql(broken, "ALTER TABLE hidden RENAME TO journal");

        await Eventually.True(async () => (await alice.Node.ListPaymentsAsync(new ListPaymentsQuery())).Payments.Any(payment => payment.Preimage == preimage));
        await Eventually.Is(() => World.Balance(bob, funding), balance => balance == 3_000_000.Msat());
        await World.ReadyAsync(funding, alice, bob);
        Assert.Empty(world.Chain.Mempool);
    }

    [Fact]
    public async Task A_node_on_an_old_copy_learns_from_its_peer_that_it_is_behind_and_never_publishes_what_is_revoked()
    {
        await using var world = new World();
        var (alice, bob) = (await world.StartAsync("alice"), await world.StartAsync("bob"));
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        var funding = await world.OpenAsync(alice, bob, 1_000_000.Sat());
        await World.PayAsync(alice, bob, 100_000_000.Msat());
        await alice.StopAsync();
        var copy = alice.Copy();
        await alice.StartAsync();
        await World.ReadyAsync(funding, alice, bob);
        await World.PayAsync(alice, bob, 300_000_000.Msat());
        await alice.StopAsync();

        // The operator is in a hurry, and closes by force what he may not.
        alice.Restore(copy);
        await bob.StopAsync();
        await alice.StartAsync();
        await alice.Runtime.Tip.Known.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.True(() => World.Entry(alice, funding) is not null);
        Assert.True(alice.Runtime.Restored!.IsGuarded(World.Entry(alice, funding)!.Key));
        await Assert.ThrowsAsync<LightningException>(async () =>
        {
            await foreach (var _ in alice.Node.CloseChannelAsync(new CloseChannelRequest(funding, Force: true)))
            {
            }
        });
        Assert.Empty(world.Chain.Mempool);

        await bob.StartAsync(samePort: true);
        await Eventually.True(() => World.Entry(alice, funding)?.State is WaitForRemoteClose or Closing { Spend: not null });
        await Eventually.True(() => !world.Chain.Mempool.IsEmpty);
        var commitment = Assert.Single(world.Chain.Mempool);
        Assert.Equal(funding, commitment.Inputs[0].PreviousOutput);
        world.Chain.Mine(6);
        await Eventually.True(() => World.Entry(alice, funding)?.State is not Closing { Spend.Kind: not SpendKind.FutureRemoteCommitment });

        // What it has in the channel it gets: 600,000 sat and what is left of its coins.
        for (var i = 0; i < 20 && alice.Runtime.Directory.All.Count > 0; i++)
        {
            world.Chain.Mine();
            await Eventually.True(() => alice.Runtime.Tip.Height == world.Chain.Tip.Height);
        }

        await Eventually.True(() => alice.Runtime.Directory.All.Count == 0);
        await Eventually.True(async () => (await alice.Node.ListClosedChannelsAsync()) is [{ Kind: CloseKind.RemoteForce }]);
        Assert.InRange((await alice.Node.GetWalletBalanceAsync()).Confirmed.Value, 1_590_000, 1_600_000);
    }

    private static void Sql(TestNode node, string statement)
    {
        using var connection = SqliteSchema.Open(SqliteSchema.ConnectionString(node.File("lightning.db")));
        SqliteSchema.Execute(connection, statement);
    }
}
