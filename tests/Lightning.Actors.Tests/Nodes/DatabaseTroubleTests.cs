using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Journal;
using Lightning.Channels.States;
using Lightning.TestKit;
using Lightning.TestKit.Journals;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>Whole nodes whose database fails, or is an old copy: no channel is lost to that.</summary>
public sealed class DatabaseTroubleTests
{
    private static readonly ScenarioOptions Sqlite = new() { Journals = ScenarioJournals.Sqlite };

    [Theory]
    [InlineData("alice", "bob")]
    [InlineData("bob", "alice")]
    public async Task A_database_that_fails_during_a_payment_costs_a_connection_at_most(string broken, string other)
    {
        await using var net = await Scenario.Network(Sqlite, "alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        (await net["alice"].Pay(await net["bob"].Invoice(1_000_000.Msat()))).ShouldSettle();

        // On its way and held by the payee, whose settlement then meets the trouble on one side or the other; on its own once it has settled the invoice
        // and fulfilled the HTLC, and before it hears what the payer says to that.
        var invoice = await net["bob"].HoldInvoice(2_000_000.Msat());
        var payment = await net["alice"].StartPayment(invoice);
        await net["bob"].ShouldHold(invoice);
        var warnings = new List<string>();
        var system = net[broken].Runtime.Actors.System;
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Recorder(warnings))), typeof(Warning));
        var sql = ((SqliteDisk)net[broken].Disk).File;
        if (broken == "alice") Sql(sql, "ALTER TABLE journal RENAME TO hidden");
        else net.Link("alice", "bob").Hold();
        await net["bob"].Settle(invoice);
        if (broken == "bob")
        {
            Sql(sql, "ALTER TABLE journal RENAME TO hidden");
            net.Link("alice", "bob").Release();
        }

        await net.Until(() => warnings.Exists(static warning => warning.Contains("could not write", StringComparison.Ordinal)), "a write fails", TimeSpan.FromSeconds(20));
        Assert.IsType<Normal>(channel.EntryAt(other)!.State);
        Sql(sql, "ALTER TABLE hidden RENAME TO journal");

        (await payment.End()).ShouldSettle();
        Assert.Equal(invoice.Preimage, payment.Info.Preimage);
        await net.Until(() => channel.IsUsable && channel.BalanceOf("bob") == 3_000_000.Msat(), "the channel goes on");
        channel.ShouldBeOpen();
        net.BalancesAddUp();
        Assert.Empty(net.Chain.Mempool);
    }

    [Fact]
    public async Task A_node_on_an_old_copy_learns_from_its_peer_that_it_is_behind_and_never_publishes_what_is_revoked()
    {
        await using var net = await Scenario.Network(Sqlite, "alice", "bob");
        await net["alice"].Fund(2_000_000.Sat());
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        (await net["alice"].Pay(await net["bob"].Invoice(100_000_000.Msat()))).ShouldSettle();
        var copy = net["alice"].CopyDatabase();
        (await net["alice"].Pay(await net["bob"].Invoice(300_000_000.Msat()))).ShouldSettle();

        // The operator is in a hurry, and closes by force what he may not.
        await net["bob"].Crash();
        await net["alice"].RestartWith(copy);
        await net.Until(() => channel.EntryAt("alice") is not null, "alice has read her channel");
        Assert.True(net["alice"].Runtime.Restored!.IsGuarded(channel.EntryAt("alice")!.Key));
        await Assert.ThrowsAsync<LightningException>(() => net["alice"].Close(channel, force: true));
        Assert.Empty(net.Chain.Mempool);

        await net["bob"].Start();
        await net.Until(() => channel.EntryAt("alice")?.State is WaitForRemoteClose or Closing { Spend: not null }, "alice knows that she is behind");
        await net.Until(() => !net.Chain.Mempool.IsEmpty, "bob publishes");
        var commitment = Assert.Single(net.Chain.Mempool);
        Assert.Equal(channel.Funding, commitment.Inputs[0].PreviousOutput);
        channel.ForceClosed("bob");
        await net.Mine(6);
        Assert.True(channel.EntryAt("alice")?.State is not Closing { Spend.Kind: not SpendKind.FutureRemoteCommitment });

        // What it has in the channel it gets: 600,000 sat and what is left of its coins.
        for (var i = 0; i < 20 && channel.StateAt("alice") != "gone"; i++) await net.Mine();
        Assert.Equal("gone", channel.StateAt("alice"));
        Assert.Equal(CloseKind.RemoteForce, Assert.Single(await net["alice"].Do(api => api.ListClosedChannelsAsync())).Kind);
        Assert.InRange((await net["alice"].WalletBalance()).Confirmed.Value, 1_590_000, 1_600_000);
    }

    private static void Sql(string file, string statement)
    {
        using var connection = SqliteSchema.Open(SqliteSchema.ConnectionString(file));
        SqliteSchema.Execute(connection, statement);
    }

    private sealed class Recorder(List<string> heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard.Add(message.ToString() ?? "");
    }
}
