using System.Net;
using System.Net.Sockets;
using Lightning.TestKit.Tests.Faults;

namespace Lightning.TestKit.Tests;

/// <summary>Nodes that are connected by real sockets, in virtual time.</summary>
public sealed class TcpTests
{
    [Theory]
    [InlineData(ScenarioJournals.InMemory)]
    [InlineData(ScenarioJournals.Sqlite)]
    public async Task A_payment_over_two_channels_settles(ScenarioJournals journals)
    {
        await using var net = await Scenario.Network(Tcp(journals), "alice", "bob", "carol");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net.OpenChannel("bob", "carol", 1_000_000.Sat());
        Assert.True(net.Link("alice", "bob").IsConnected);
        Assert.False(net.Link("alice", "carol").IsConnected);
        (await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()))).ShouldSettle();
        Assert.Contains("commitment_signed", net.Chart(), StringComparison.Ordinal);
        AllAddsUp(net);
    }

    [Theory]
    [InlineData(ScenarioJournals.InMemory)]
    [InlineData(ScenarioJournals.Sqlite)]
    public async Task A_payment_settles_after_a_restart_of_the_middle_node_on_the_same_port(ScenarioJournals journals)
    {
        await using var net = await Line.Create(Tcp(journals));
        (await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()))).ShouldSettle();
        var address = net["bob"].Address;
        await net["bob"].Crash();
        Assert.False(net.Link("alice", "bob").IsConnected);
        Assert.False(net.Link("bob", "carol").IsConnected);
        await net["bob"].Start();
        Assert.Equal(address, net["bob"].Address);
        await AllIsUsable(net);
        (await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()))).ShouldSettle();
        AllAddsUp(net);
    }

    [Theory]
    [InlineData(ScenarioJournals.InMemory)]
    [InlineData(ScenarioJournals.Sqlite)]
    public async Task A_held_payment_outlives_a_crash_of_the_middle_node(ScenarioJournals journals)
    {
        await using var net = await Line.Create(Tcp(journals));
        var invoice = await net["carol"].HoldInvoice(50_000.Sat());
        var payment = await net["alice"].StartPayment(invoice);
        payment.ShouldBeInFlight();
        await net["bob"].Crash();
        await net["carol"].Settle(invoice);
        await net["bob"].Start();
        (await payment.End()).ShouldSettle();
        await AllIsUsable(net);
        AllAddsUp(net);
    }

    [Theory]
    [InlineData(ScenarioJournals.InMemory)]
    [InlineData(ScenarioJournals.Sqlite)]
    public async Task A_node_that_dies_after_any_write_of_a_payment_loses_nothing(ScenarioJournals journals)
    {
        await using var net = await Line.Create(Tcp(journals));
        var bob = net["bob"];
        for (var (n, isOver) = (0, false); !isOver; n++)
        {
            Assert.True(n < 100, "a payment has no end of writes");
            bob.Journal.CrashAfterWrite(n);
            var payment = await net["alice"].StartPayment(await net["carol"].Invoice(10_000.Sat()));
            isOver = bob.IsRunning;
            bob.Journal.Heal();
            if (!bob.IsRunning) await bob.Start();
            await payment.End();
            await AllIsUsable(net);
            await net.Advance(TimeSpan.FromMinutes(1));
            AllAddsUp(net);
        }
    }

    [Theory]
    [InlineData(ScenarioJournals.InMemory)]
    [InlineData(ScenarioJournals.Sqlite)]
    public async Task Channels_are_closed_together_and_alone(ScenarioJournals journals)
    {
        await using var net = await Line.Create(Tcp(journals));
        var (first, second) = (net.Channels[0], net.Channels[1]);
        await net["alice"].Close(first);
        await net.Until(() => first.Spender() is not null, "the closing transaction is published");
        await net["carol"].Close(second, force: true);
        await net.Until(() => second.Spender() is not null, "the commitment is published");
        second.ForceClosed("carol");
        await net.AdvanceBlocks(10);
        foreach (var channel in (ReadOnlySpan<ScenarioChannel>)[first, second]) Assert.NotNull(net.Chain.FindConfirmedSpender(channel.Funding));
    }

    [Fact]
    public async Task Nodes_are_still_connected_after_a_week()
    {
        await using var net = await Scenario.Network(Tcp(), "alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net.AdvanceWeek();
        Assert.True(net.Link("alice", "bob").IsConnected);
        (await net["alice"].Pay(await net["bob"].Invoice(50_000.Sat()))).ShouldSettle();
        AllAddsUp(net);
    }

    [Fact]
    public async Task Another_process_of_a_node_answers_where_the_first_did()
    {
        await using var net = await Line.Create(Tcp());
        await net["bob"].StartSecondProcess();
        await net["bob"].CrashFirstProcess();
        await AllIsUsable(net);
        (await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()))).ShouldSettle();
        AllAddsUp(net);
    }

    [Fact]
    public async Task A_node_whose_port_somebody_has_taken_says_so()
    {
        await using var net = await Scenario.Network(Tcp(), "alice");
        var port = net["alice"].Address.Port;
        await net["alice"].Crash();
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, port));
        other.Listen();
        var failure = await Assert.ThrowsAsync<ScenarioException>(net["alice"].Start);
        Assert.Contains($"alice cannot listen on its port {port}", failure.Message, StringComparison.Ordinal);
        Assert.False(net["alice"].IsRunning);
    }

    [Fact]
    public async Task Sockets_take_no_orders()
    {
        await using var net = await Scenario.Network(Tcp(), "alice", "bob");
        var link = net.Link("alice", "bob");
        foreach (var order in (Action[])[link.Cut, link.Down, link.Up, link.Hold, link.Release, link.Heal, () => link.Deliver("alice"), () => link.Waiting("alice"),
            () => link.Drop<Protocol.Messages.LightningMessage>("alice"), () => link.CutAt<Protocol.Messages.LightningMessage>("alice"),
            () => link.Garble<Protocol.Messages.LightningMessage>("alice"), () => link.Delay("alice", TimeSpan.FromSeconds(1)), () => link.StopReading("alice"),
            () => link.StartReading("alice"), () => link.ReorderChannels(1)])
        {
            Assert.Contains("needs links in memory", Assert.Throws<ScenarioException>(order).Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<ScenarioException>(() => net.AddScriptedPeer("mallory"));
    }

    private static ScenarioOptions Tcp(ScenarioJournals journals = ScenarioJournals.InMemory) => new() { Links = ScenarioLinks.Tcp, Journals = journals };

    private static async Task AllIsUsable(ScenarioNetwork net)
    {
        foreach (var channel in net.Channels)
        {
            await net.Until(() => channel.IsUsable, $"{channel} can be used");
            channel.ShouldBeOpen();
        }
    }

    private static void AllAddsUp(ScenarioNetwork net)
    {
        net.BalancesAddUp();
        net.NoHtlcPending();
        Assert.Empty(net.Story.Complaints);
        Assert.Equal(0, net.Loop.Outside);
    }
}
