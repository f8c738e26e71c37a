using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.States;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>What a node pays for its claims on chain, and how it puts them together (BOLT 5), on a chain that verifies every script.</summary>
public sealed class Bolt5ClaimsTests
{
    [Fact]
    public async Task The_anchor_pays_for_a_commitment_below_the_mempools_minimum()
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        var commitment = channel.CommitmentOf("alice");
        net.Chain.FillMempool(FeeratePerKw.FromSatPerVByte(30));
        Assert.False(net.Chain.Broadcast(commitment).IsKnown);
        await net.Advance(TimeSpan.FromMinutes(2));
        await net["alice"].Close(channel, force: true);
        await net.Until(() => channel.Spender() is not null, "the commitment is in the mempool");
        var child = Child(net, commitment);
        await net.Mine();
        Assert.Equal(1u, net.Chain.Simulated.Confirmations(commitment.TxId));
        Assert.Equal(1u, net.Chain.Simulated.Confirmations(child.TxId));
        channel.ForceClosed(by: "alice");
    }

    // The peer's own commitment waits for a block: the anchor on it is spent, rather than to fight it.
    [Fact]
    public async Task The_anchor_on_the_peers_commitment_pays_for_that_one()
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        var commitment = channel.CommitmentOf("bob");
        await net["bob"].Crash();
        net.Chain.SetMiningFeerate(FeeratePerKw.FromSatPerVByte(20));
        await net.Chain.SetFeerate(FeeratePerKw.FromSatPerVByte(30));
        Assert.True(net.Chain.Broadcast(commitment).IsKnown);
        await net["alice"].Close(channel, force: true);
        await net.Mine(3);
        channel.ShouldBeClosedBy(commitment);
        Assert.NotEqual(0u, net.Chain.Simulated.Confirmations(commitment.TxId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_anchor_pays_again_when_the_commitment_is_not_mined(bool restarts)
    {
        await using var net = await Pair();
        var channel = net.Channels[0];
        await net["alice"].StartPayment(await net["bob"].HoldInvoice(200_000.Sat()));
        var expiry = channel.SpecAt("alice")!.Htlcs[0].CltvExpiry;
        // More than anybody estimates.
        net.Chain.SetMiningFeerate(FeeratePerKw.FromSatPerVByte(40));
        await net["bob"].Crash();
        await net["alice"].Close(channel, force: true);
        var commitment = channel.Spender()!;
        var children = new SortedDictionary<ulong, ClaimAttempt>();
        while (net.Chain.Simulated.Confirmations(commitment.TxId) == 0 && net.Chain.Height < expiry + 36)
        {
            await net.AdvanceBlocks();
            foreach (var attempt in Attempts(net["alice"], channel.Funding).Where(attempt => attempt.Parent == commitment.TxId)) children[attempt.Number] = attempt;
            if (restarts && net.Chain.Height % 10 == 0) await net["alice"].Restart();
        }

        // In time for what has to follow.
        Assert.NotEqual(0u, net.Chain.Simulated.Confirmations(commitment.TxId));
        Assert.True(children.Count > 2, $"{children.Count} children.");
        Assert.Equal(children.Values.Select(static child => child.Feerate).Order(), children.Values.Select(static child => child.Feerate));
    }

    [Fact]
    public async Task HTLC_transactions_get_their_fee_from_the_wallet()
    {
        await using var met = await Encounter.Opened();
        for (var i = 0; i < 3; i++) await met.Alice.Fund(50_000.Sat());
        foreach (var invoice in await Held(met, 3, 60_000.Sat())) await met.Alice.Settle(invoice);
        await met.Channel.NodeCloses(force: true);
        var commitment = met.Channel.Published();
        await met.Net.Mine(3);

        // Together, each with the output that both sides have signed, and a coin.
        var success = Assert.Single(Enumerable.Range(0, 3).Select(id => met.Net.Chain.FindConfirmedSpender(commitment.HtlcOutput((ulong)id, isIncoming: false)!.Value)!).DistinctBy(static one => one.TxId));
        Assert.True(met.Alice.HasPublished(success.TxId));
        Assert.Equal(4, success.Inputs.Length);
        Assert.Equal(3, success.Outputs.Count(static output => output.Value == new Satoshi(60_000)));
    }

    [Fact]
    public async Task A_node_without_coins_takes_what_it_can_and_the_rest_as_soon_as_it_has_some()
    {
        await using var met = await Encounter.Opened();
        var invoices = await Held(met, 2, 60_000.Sat());
        await met.Channel.NodeCloses(force: true);
        var commitment = met.Channel.Published();
        await met.Net.Mine();
        foreach (var invoice in invoices) await met.Alice.Settle(invoice);
        await met.Net.Mine(5);
        var outputs = new ulong[] { 0, 1 }.Select(id => commitment.HtlcOutput(id, isIncoming: false)!.Value).ToList();
        foreach (var output in outputs) Assert.Null(met.Net.Chain.FindConfirmedSpender(output));
        Assert.NotEqual(Satoshi.Zero, (await met.Alice.WalletBalance()).ReserveMissing);
        await met.Alice.Fund(30_000.Sat());
        await met.Net.Mine(2);
        foreach (var output in outputs) Assert.True(met.Alice.HasPublished(met.Net.Chain.FindConfirmedSpender(output)!.TxId));
        await met.Net.Mine(800);
        Assert.Equal("gone", met.Channel.StateAtNode);
        Assert.InRange((await met.Alice.WalletBalance()).Confirmed.Value, 500_000 + 120_000 + 30_000 - 10_000, 500_000 + 120_000 + 30_000);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_penalty_of_which_one_input_is_gone_is_made_anew_with_the_rest(bool both, bool restarts)
    {
        await using var met = await Encounter.Opened();
        await met.Alice.Fund(50_000.Sat());
        var invoices = await Held(met, 3, 50_000.Sat());
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Max(static htlc => htlc.CltvExpiry);
        var revoked = met.Channel.Keep();
        foreach (var invoice in invoices) await met.Alice.Cancel(invoice);
        await met.Channel.Run();
        while (met.Net.Chain.Height < expiry) await met.Net.Mine();
        await met.Net.Chain.MineHidden(revoked.Transaction);
        var penalty = met.Net.Chain.Simulated.FindSpender(revoked.HtlcOutput(0, isIncoming: false)!.Value);
        Assert.NotNull(penalty);

        // The HTLCs are expired: the cheater takes them back, before the penalty is mined.
        await met.Net.Chain.MineHidden(both ? revoked.Take((0, null), (2, null)) : revoked.Take((0, null)));
        if (restarts) await met.Alice.Restart();
        Assert.NotNull(met.Net.Chain.Simulated.FindSpender(revoked.HtlcOutput(1, isIncoming: false)!.Value));
        await met.Net.Mine(20);

        // Also what it took: the second stages are revoked too.
        var total = (await met.Alice.WalletBalance()).Confirmed.Value;
        Assert.InRange(total, 1_000_000 + 50_000 - 20_000, 1_000_000 + 50_000);
        Assert.Equal("gone", met.Channel.StateAtNode);
    }

    // Relayed, and expired downstream: what expires upstream is the deadline.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Contested_claims_go_alone_when_their_deadline_is_near(bool isNear)
    {
        await using var way = await Way.Make();
        for (var i = 0; i < 3; i++) way.Pay();
        await way.RunBoth();
        Assert.Equal(3, way.To.Incoming.Count());
        var commitment = way.To.Keep();
        await way.Met.Mallory.Disconnect();
        await way.Net.Chain.MineHidden(commitment.Transaction);
        if (isNear) await way.Alice.Crash();
        while (way.Net.Chain.Height < (isNear ? way.IncomingExpiry - 15 : way.OutgoingExpiry)) await way.Net.Mine();
        if (isNear) await way.Alice.Start();
        await way.Net.Mine(3);
        var spenders = Enumerable.Range(0, 3).Select(id => way.Net.Chain.FindConfirmedSpender(commitment.HtlcOutput((ulong)id, isIncoming: true)!.Value)!).DistinctBy(static one => one.TxId).ToList();
        Assert.All(spenders, spender => Assert.True(way.Alice.HasPublished(spender.TxId)));
        Assert.Equal(isNear ? 3 : 1, spenders.Count);
    }

    private static Transaction Child(ScenarioNetwork net, Transaction commitment) =>
        Assert.Single(net.Chain.Mempool, transaction => transaction.Inputs.Any(input => input.PreviousOutput.TxId == commitment.TxId));

    private static IEnumerable<ClaimAttempt> Attempts(ScenarioNode node, OutPoint funding) => Assert.IsType<Closing>(node.Entry(funding)!.State).Attempts.Items;

    private static async Task<ScenarioNetwork> Pair()
    {
        var net = await Scenario.Network("alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
        await net["alice"].Fund(500_000.Sat());
        return net;
    }

    /// <summary>The peer pays the node, which holds what comes.</summary>
    private static async Task<List<ScenarioInvoice>> Held(Encounter met, int count, Satoshi amount)
    {
        var invoices = new List<ScenarioInvoice>();
        for (var i = 0; i < count; i++)
        {
            invoices.Add(await met.Alice.HoldInvoice(amount));
            met.Channel.Pay(invoices[i]);
        }

        await met.Channel.Run();
        foreach (var invoice in invoices) await met.Alice.ShouldHold(invoice);
        return invoices;
    }
}
