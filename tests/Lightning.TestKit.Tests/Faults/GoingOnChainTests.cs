using Lightning.Actors.Api;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>When a node goes on chain by itself, when not, and what it does before it trusts a channel that it read from its journal.</summary>
public sealed class GoingOnChainTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_goes_up_early_only_when_the_incoming_channel_would_be_lost(bool isStuck)
    {
        await using var net = await Line.Create();
        var (upstream, downstream) = (net.Channels[0], net.Channels[1]);
        var invoice = await net["carol"].HoldInvoice(100_000.Sat());
        var payment = await net["alice"].StartPayment(invoice);
        var (incoming, outgoing) = (ExpiryOf(upstream, HtlcDirection.Received), ExpiryOf(downstream, HtlcDirection.Offered));
        net.Link("bob", "carol").Down();

        // Carol does not answer; bob's commitment waits for a miner who never comes, or for the next.
        while (downstream.Spender() is null) await net.Mine();
        Assert.InRange(net.Chain.Height, outgoing, outgoing + 3);
        if (isStuck) net.Chain.Withhold(downstream.Spender()!.TxId);
        while (net.Chain.Height < incoming - 4 && !payment.HasEnded) await net.Mine();
        Assert.Equal(!isStuck, payment.HasEnded);
        if (isStuck) await net.Mine();
        Assert.Equal(PaymentStatus.Failed, (await payment.End()).Info.Status);
        Assert.Equal(isStuck, net.Chart().Contains("is failed early", StringComparison.Ordinal));

        // What bob kept open with alice goes on.
        await net.Mine(20);
        upstream.ShouldBeOpen();
        Assert.True(upstream.CommitmentsAt("bob")!.IsQuiet);
        if (isStuck) Assert.Contains("the commitment was not mined in time", Assert.Single(net["bob"].Errors), StringComparison.Ordinal);
        else Assert.Empty(net["bob"].Errors);
    }

    [Fact]
    public async Task After_a_start_an_expired_HTLC_waits_for_its_peer_and_all_may_turn_out_well()
    {
        await using var net = await Line.Create();
        var channel = net.Channels[1];
        var invoice = await net["carol"].HoldInvoice(100_000.Sat());
        var payment = await net["alice"].StartPayment(invoice);
        var expiry = ExpiryOf(channel, HtlcDirection.Offered);
        await net["bob"].Crash();
        await net["carol"].Cancel(invoice);
        while (net.Chain.Height < expiry + 5) await net.Mine();

        // Carol has long failed it, and says so as soon as she is heard.
        net.Link("bob", "carol").Down();
        await net["bob"].Start();
        await net.Mine();
        channel.ShouldBeOpen();
        net.Link("bob", "carol").Up();
        Assert.Equal(PaymentStatus.Failed, (await payment.End()).Info.Status);
        await net.Mine(10);
        await net.AllIsWell();
    }

    [Fact]
    public async Task After_a_start_it_waits_for_its_peer_no_longer_than_the_deadline_allows()
    {
        await using var net = await Line.Create();
        var channel = net.Channels[1];
        var invoice = await net["carol"].HoldInvoice(100_000.Sat());
        await net["alice"].StartPayment(invoice);
        var expiry = ExpiryOf(channel, HtlcDirection.Offered);
        await net["bob"].Crash();
        net.Link("bob", "carol").Down();
        while (net.Chain.Height < expiry + 8) await net.Mine();
        channel.ShouldBeOpen();

        // Upon the start, and not only with the next block.
        await net["bob"].Start();
        channel.ForceClosed(by: "bob");
    }

    [Fact]
    public async Task A_channel_whose_funding_was_spent_while_the_node_was_away_serves_nothing()
    {
        await using var net = await Scenario.Network("bob", "carol");
        var mallory = await net.AddScriptedPeer("mallory");
        var onward = await net.OpenChannel("bob", "carol", 1_000_000.Sat(), push: 400_000_000.Msat());
        var channel = await mallory.OpenTo("bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        var invoice = await net["carol"].Invoice(50_000.Sat());
        var (bobs, spend) = (onward.BalanceOf("bob"), channel.Commitment);

        // So many blocks that bob begins to follow the chain behind the spend: only a question tells him of it.
        await net["bob"].Crash();
        await net.Chain.MineHidden(spend);
        await net.Mine(200);
        net["bob"].ChainStopsAnswering();
        await net["bob"].Start();
        await net.Until(() => net.Link("bob", "carol").IsConnected, "bob and carol are connected");

        // Mallory goes on as if nothing were, and pays carol through it.
        await mallory.Connect("bob");
        await channel.Run();
        var onion = mallory.OnionThrough(net["bob"].Id, onward.ShortChannelId!.Value, invoice, out var expiry);
        channel.Add(invoice.Amount + 2_000_000.Msat(), invoice.PaymentHash, expiry, onion);
        await channel.Run();
        await net.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(nameof(Normal), channel.StateAtNode);
        Assert.Equal(InvoiceState.Open, (await net["carol"].Lookup(invoice)).State);

        await net["bob"].ChainAnswers();
        await net.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(nameof(Closing), channel.StateAtNode);
        Assert.Contains(net["bob"].Errors, static error => error.Contains("was spent while this node was away", StringComparison.Ordinal));
        await net.Mine(100);
        Assert.Equal(InvoiceState.Open, (await net["carol"].Lookup(invoice)).State);
        Assert.Equal(bobs, onward.BalanceOf("bob"));
        onward.ShouldBeOpen();
    }

    [Fact]
    public async Task A_channel_whose_funding_is_gone_serves_nothing_until_it_is_there_again()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        var funding = net.Chain.Simulated.FindTransaction(channel.Funding.TxId)!;
        await net["bob"].Crash();
        net.Chain.Withhold(funding.TxId);
        await net.Chain.Reorg((int)(net.Chain.Height - channel.ShortChannelId!.Value.BlockHeight + 1));
        await net.Mine(200);
        await net["bob"].Start();
        await net.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains(net["bob"].Errors, static error => error.Contains("is on the chain no more", StringComparison.Ordinal));
        Assert.False(channel.IsUsable);
        var payment = await net["alice"].StartPayment(await net["bob"].Invoice(10_000.Sat()));
        await net.Advance(TimeSpan.FromMinutes(1));
        Assert.False(payment.HasEnded && payment.Info.Status == PaymentStatus.Succeeded);

        net.Chain.Allow(funding.TxId);
        await net.Mine(3);
        await net.Advance(TimeSpan.FromMinutes(1));
        channel.ShouldBeOpen();
        await net.Until(() => channel.IsUsable, "the channel is used again");
        (await net["bob"].Pay(await net["alice"].Invoice(10_000.Sat()))).ShouldSettle();
    }

    [Fact]
    public async Task An_old_copy_from_the_middle_of_an_opening_forgets_nothing()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net["alice"].Fund(1_200_000.Sat());
        await net.Connect("alice", "bob");
        var link = net.Link("alice", "bob");
        var request = new OpenChannelRequest { Peer = net["bob"].Id, Capacity = 1_000_000.Sat(), Push = 300_000_000.Msat() };
        link.Hold();
        var opening = SimulationLoop.Begin(() => net["alice"].Api.OpenChannelAsync(request));
        while (!net["alice"].Runtime.Directory.All.Any(static entry => entry.State is WaitForFundingSigned))
        {
            await net.Advance(TimeSpan.FromSeconds(1));
            link.Deliver("alice");
            link.Deliver("bob");
            await net.Rest();
        }

        var copy = net["alice"].CopyDatabase();
        link.Release();
        var funding = await net.Complete(() => opening, "the channel is opened");
        await net.Mine(6);
        var channel = new ScenarioChannel(net, funding, "alice", "bob", 1_000_000.Sat(), isPrivate: false);
        await net.Until(() => channel.IsUsable, "the channel can be used");
        (await net["alice"].Pay(await net["bob"].Invoice(100_000.Sat()))).ShouldSettle();
        var mine = channel.BalanceOf("alice").ToSatoshi();
        var before = (await net["alice"].WalletBalance()).Confirmed;

        await net["bob"].Crash();
        await net["alice"].RestartWith(copy);
        await net.AdvanceBlocks(3);
        channel.ShouldBeOpen();
        Assert.NotEqual("gone", channel.StateAt("alice"));
        await net["bob"].Start();
        await net.Until(() => channel.Spender() is not null, "bob closes");
        channel.ForceClosed(by: "bob");
        await net.Mine(1000);
        Assert.Equal("gone", channel.StateAt("alice"));
        Assert.InRange(((await net["alice"].WalletBalance()).Confirmed - before).Value, mine.Value - 5_000, mine.Value);
    }

    private static uint ExpiryOf(ScenarioChannel channel, HtlcDirection direction) => Assert.Single(channel.SpecAt("bob")!.Htlcs, htlc => htlc.Direction == direction).CltvExpiry;
}
