using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.States;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests.KnownFailures;

/// <summary>What has lost other nodes what they could have taken on chain: claims that were put together, fought for, or made late.</summary>
public sealed class ClaimTests
{
    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public async Task Forty_batched_HTLC_timeouts_that_are_double_spent_one_by_one_reset_no_fee_and_the_rest_is_batched_again_at_once(string which)
    {
        const int Taken = 12;
        await using var met = await Encounter.Opened();
        var preimages = await PayOut(met, 40, 10_000_000.Msat());
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Max(static htlc => htlc.CltvExpiry);
        var commitment = await OnChain(met.Net, met.Channel, which);

        // A miner who takes what the peer gives him, and nothing else.
        while (met.Net.Chain.Height < expiry) await met.Net.Chain.MineHidden();
        var outputs = preimages.Keys.ToDictionary(static id => id, id => commitment.HtlcOutput(id, isIncoming: true)!.Value);
        Assert.InRange(Spenders(met.Net, outputs.Values).Count, 1, 8);
        var feerate = Feerate(met.Net, met.Channel, outputs.Values);
        for (var id = 0ul; id < Taken; id++)
        {
            await met.Net.Chain.MineHidden(commitment.Take((id, preimages[id])));
            outputs.Remove(id);
            var now = Feerate(met.Net, met.Channel, outputs.Values);
            Assert.True(now >= feerate, $"{now} is less than {feerate}");
            feerate = now;
        }

        await met.Net.Mine();
        foreach (var output in outputs.Values) Assert.True(met.Alice.HasPublished(met.Net.Chain.FindConfirmedSpender(output)!.TxId));
    }

    // Eve shows the preimage to the mempool, and takes it back before a block: alice's own transaction is gone each time.
    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public async Task Replacement_cycling_is_answered_with_every_block_and_with_more_of_the_HTLC_the_nearer_its_deadline(string which)
    {
        await using var way = await Way.Make();
        for (var i = 0; i < 3; i++) await way.Alice.Fund(50_000.Sat());
        await way.Arrive();
        var commitment = await OnChain(way.Net, way.To, which);
        var output = commitment.HtlcOutput(0, isIncoming: true)!.Value;
        var last = way.IncomingExpiry - 12;
        var coins = await Coins(way.Net, (int)(last - way.OutgoingExpiry) + 1);
        while (way.Net.Chain.Height < way.OutgoingExpiry) await way.Net.Chain.MineHidden();
        var feerates = new List<FeeratePerKw>();
        while (way.Net.Chain.Height < last)
        {
            feerates.Add(Feerate(way.Net, way.To, [output]));
            var coin = coins.Dequeue();
            Assert.True(way.Net.Chain.Broadcast(commitment.Take(coin, 30_000.Sat(), (0, way.Preimage))).IsKnown);
            Assert.True(way.Net.Chain.Broadcast(commitment.Take(coin, 45_000.Sat())).IsKnown);
            Assert.Null(way.Net.Chain.Simulated.FindSpender(output));
            await way.Net.Chain.MineHidden();
        }

        // In proportion to the HTLC, and never less than before.
        Assert.Equal(feerates.Order(), feerates);
        Assert.True(feerates[^1] > feerates[0]);
        Assert.All(Attempts(way.Net, way.To), static attempt => Assert.InRange(attempt.Fee.Value, 0, 20_000));
        await way.Net.Mine();
        Assert.True(way.Alice.HasPublished(way.Net.Chain.FindConfirmedSpender(output)!.TxId));
        await way.Net.Mine(7);
        await way.From.Run();
        Assert.Single(way.From.Failures);
        Assert.True(way.Net.Chain.Height < way.IncomingExpiry);
        way.From.ShouldBeUsable();
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public async Task A_preimage_that_waits_in_the_mempool_when_a_block_comes_goes_up_without_being_mined(string which)
    {
        await using var way = await Way.Make();
        await way.Alice.Fund(50_000.Sat());
        await way.Arrive();
        var commitment = await OnChain(way.Net, way.To, which);
        var coin = (await Coins(way.Net, 1)).Dequeue();
        while (way.Net.Chain.Height < way.OutgoingExpiry + 2) await way.Net.Chain.MineHidden();
        Assert.True(way.Net.Chain.Broadcast(commitment.Take(coin, 30_000.Sat(), (0, way.Preimage))).IsKnown);
        await way.Net.Chain.MineHidden();
        await way.From.Run();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
        way.From.ShouldBeUsable();
    }

    [Theory]
    [InlineData("ours", true)]
    [InlineData("ours", false)]
    [InlineData("theirs", true)]
    [InlineData("theirs", false)]
    public async Task One_foreign_transaction_that_conflicts_with_several_of_our_aggregated_claims_leaves_the_others(string which, bool isMined)
    {
        await using var met = await Encounter.Opened();
        var preimages = await PayOut(met, 6, 40_000_000.Msat());
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Max(static htlc => htlc.CltvExpiry);
        var commitment = await OnChain(met.Net, met.Channel, which);
        var coin = (await Coins(met.Net, 1)).Dequeue();
        while (met.Net.Chain.Height < expiry) await met.Net.Chain.MineHidden();
        OutPoint Output(ulong id) => commitment.HtlcOutput(id, isIncoming: true)!.Value;
        var others = new ulong[] { 0, 2, 5 }.Select(Output).ToList();
        var feerate = Feerate(met.Net, met.Channel, others);
        var foreign = commitment.Take(coin, 49_000.Sat(), (1, preimages[1]), (3, preimages[3]), (4, preimages[4]));
        if (isMined)
        {
            await met.Net.Chain.MineHidden(foreign);
        }
        else
        {
            Assert.True(met.Net.Chain.Broadcast(foreign).IsKnown);
            await met.Net.Chain.MineHidden();
            await met.Net.Chain.MineHidden();
        }

        Assert.True(Feerate(met.Net, met.Channel, others) >= feerate);
        await met.Net.Mine();
        foreach (var output in others) Assert.True(met.Alice.HasPublished(met.Net.Chain.FindConfirmedSpender(output)!.TxId));
        Assert.Equal(foreign.TxId, met.Net.Chain.FindConfirmedSpender(Output(3))!.TxId);
    }

    [Theory]
    [InlineData("ours", 0)]
    [InlineData("ours", 7)]
    [InlineData("theirs", 0)]
    [InlineData("theirs", 7)]
    public async Task Two_HTLCs_with_equal_hash_and_amount_on_one_commitment_are_not_confused_when_they_time_out(string which, uint later)
    {
        await using var way = await Way.Make();
        for (var i = 0; i < 3; i++) await way.Alice.Fund(50_000.Sat());
        way.Pay(relay => relay with { CltvExpiry = relay.CltvExpiry + later, Payload = relay.Payload with { OutgoingCltvValue = way.OutgoingExpiry + later } });
        way.Pay();
        await way.RunBoth();
        Assert.Equal(2, way.To.Incoming.Count());
        var commitment = await OnChain(way.Net, way.To, which);
        await way.Met.Mallory.Disconnect();
        while (way.Net.Chain.Height < way.OutgoingExpiry + later + 10) await way.Net.Mine();
        foreach (var id in new ulong[] { 0, 1 })
            Assert.True(way.Alice.HasPublished(way.Net.Chain.FindConfirmedSpender(commitment.HtlcOutput(id, isIncoming: true)!.Value)!.TxId));
        await way.Met.Mallory.Connect("alice");
        await way.From.Run();
        Assert.Equal(2, way.From.Failures.Count());
        Assert.Empty(way.From.Preimages);
        way.From.ShouldBeUsable();
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public async Task Nor_are_they_when_both_are_taken_with_one_preimage(string which)
    {
        await using var met = await Encounter.Opened();
        for (var i = 0; i < 3; i++) await met.Alice.Fund(50_000.Sat());
        var invoice = await met.Alice.HoldInvoice(100_000.Sat());
        var half = invoice.Amount / 2;
        for (var i = 0; i < 2; i++)
        {
            var onion = met.Mallory.OnionFor(invoice, out var expiry, payload => payload with { AmountToForward = half });
            met.Channel.Add(half, invoice.PaymentHash, expiry, onion);
        }

        await met.Channel.Run();
        await met.Alice.ShouldHold(invoice);
        var commitment = await OnChain(met.Net, met.Channel, which);
        await met.Alice.Settle(invoice);
        await met.Net.Mine(3);
        foreach (var id in new ulong[] { 0, 1 })
            Assert.True(met.Alice.HasPublished(met.Net.Chain.FindConfirmedSpender(commitment.HtlcOutput(id, isIncoming: false)!.Value)!.TxId));
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public async Task A_preimage_learned_after_some_HTLCs_were_already_claimed_on_chain_still_claims_the_others(string which)
    {
        await using var met = await Encounter.Opened();
        for (var i = 0; i < 3; i++) await met.Alice.Fund(50_000.Sat());
        var invoices = new List<ScenarioInvoice>();
        for (var i = 0; i < 3; i++)
        {
            invoices.Add(await met.Alice.HoldInvoice(50_000.Sat()));
            met.Channel.Pay(invoices[i]);
        }

        await met.Channel.Run();
        var commitment = await OnChain(met.Net, met.Channel, which);
        for (var i = 0; i < 3; i++)
        {
            await met.Alice.Settle(invoices[i]);
            await met.Net.Mine(i == 1 ? 8 : 2);
            var spender = met.Net.Chain.FindConfirmedSpender(commitment.HtlcOutput((ulong)i, isIncoming: false)!.Value);
            Assert.True(spender is not null && met.Alice.HasPublished(spender.TxId), $"HTLC {i} is not taken.");
            if (i == 1) await met.Alice.Restart();
        }
    }

    /// <summary>What spends these outputs in the mempool: all of them are spent, by the node.</summary>
    private static List<TxId> Spenders(ScenarioNetwork net, IEnumerable<OutPoint> outputs)
    {
        var spenders = new HashSet<TxId>();
        foreach (var output in outputs)
        {
            var spender = net.Chain.Simulated.FindSpender(output);
            Assert.NotNull(spender);
            Assert.True(net["alice"].HasPublished(spender.TxId));
            spenders.Add(spender.TxId);
        }

        return [.. spenders];
    }

    /// <summary>The least feerate of what spends these outputs in the mempool.</summary>
    private static FeeratePerKw Feerate(ScenarioNetwork net, ScriptedChannel channel, IEnumerable<OutPoint> outputs)
    {
        var attempts = Attempts(net, channel).ToDictionary(static attempt => attempt.Transaction.TxId);
        return Spenders(net, outputs).Select(spender => attempts[spender].Feerate).Min();
    }

    private static ImmutableArray<ClaimAttempt> Attempts(ScenarioNetwork net, ScriptedChannel channel) => Assert.IsType<Closing>(net["alice"].Entry(channel.Funding)!.State).Attempts.Items;

    /// <summary>Coins that anybody may spend, in a block, to pay for what the peer publishes.</summary>
    private static async Task<Queue<(OutPoint OutPoint, TxOut Output, Witness Witness)>> Coins(ScenarioNetwork net, int count)
    {
        var anyone = new ScriptBuilder().Op(OpCode.OP_1).Build();
        var coins = new Queue<(OutPoint, TxOut, Witness)>();
        for (var i = 0; i < count; i++)
        {
            var coin = net.Chain.Simulated.Fund(anyone.ToP2wsh(), 50_000.Sat());
            coins.Enqueue((new OutPoint(coin.TxId, 0), coin.Outputs[0], Witness.Of(anyone.Bytes.ToArray())));
            if (i % 20 == 19) await net.Mine();
        }

        await net.Mine();
        return coins;
    }

    /// <summary>The node pays the peer, which holds what comes.</summary>
    private static async Task<Dictionary<ulong, PaymentPreimage>> PayOut(Encounter met, int count, MilliSatoshi amount)
    {
        // A coin for each transaction that needs one.
        for (var i = 0; i < 10; i++) await met.Alice.Fund(50_000.Sat());
        var preimages = new Dictionary<PaymentHash, PaymentPreimage>();
        for (var i = 0; i < count; i++)
        {
            var invoice = met.Mallory.Invoice(amount);
            preimages.Add(invoice.PaymentHash, invoice.Preimage!.Value);
            await met.Alice.StartPayment(invoice);
        }

        await met.Channel.Run();
        Assert.Equal(count, met.Channel.Incoming.Count());
        return met.Channel.Incoming.ToDictionary(static htlc => htlc.Id, htlc => preimages[htlc.PaymentHash]);
    }

    /// <summary>The commitment of the node, or of the peer, is in a block.</summary>
    private static async Task<ScriptedCommitment> OnChain(ScenarioNetwork net, ScriptedChannel channel, string which)
    {
        if (which == "theirs")
        {
            var theirs = channel.Keep();
            await net.Chain.MineHidden(theirs.Transaction);
            return theirs;
        }

        await channel.NodeCloses(force: true);
        var ours = channel.Published();
        await net.Mine();
        return ours;
    }
}
