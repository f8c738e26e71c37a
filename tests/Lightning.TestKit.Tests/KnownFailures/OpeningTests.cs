using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests.KnownFailures;

/// <summary>What has lost other nodes money by the way in which a channel was opened, or by what it let in.</summary>
public sealed class OpeningTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_funding_outputs_script_and_amount_are_verified_before_it_counts_as_confirmed(bool isAmount)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        channel.FundingOutput = isAmount ? static agreed => agreed with { Value = new Satoshi(1_000) } : agreed => agreed with { ScriptPubKey = channel.ShutdownScript };
        await channel.Run();
        await met.Net.Mine(10);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(met.Mallory.Received, static message => message is ChannelReady);
        Assert.NotEqual(nameof(Normal), channel.StateAtNode);
    }

    [Fact]
    public async Task Dust_exposure_is_capped_per_channel()
    {
        var alice = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(1_000_000) };
        await using var met = await Encounter.Opened(new ScriptedPeerOptions { Channels = alice with { MaxDustExposure = new(500_000_000) } }, alice: alice);
        List<ScenarioInvoice> invoices = [];
        for (var i = 0; i < 5; i++) invoices.Add(await met.Alice.HoldInvoice(300_000.Msat()));
        foreach (var invoice in invoices) met.Channel.Pay(invoice);
        await met.Channel.Run();

        // Three of them are below the cap; the rest is failed, and the channel goes on.
        Assert.Equal(2, met.Channel.Failures.Count());
        Assert.Equal(3, met.Channel.Commitments.Latest.LocalSpec.Htlcs.Length);
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task Dust_exposure_is_capped_for_what_the_node_offers_too()
    {
        var alice = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(1_000_000) };
        await using var met = await Encounter.Opened(new ScriptedPeerOptions { Channels = alice with { MaxDustExposure = new(500_000_000) } }, alice: alice);
        List<ScenarioPayment> payments = [];
        for (var i = 0; i < 5; i++) payments.Add(await met.Alice.StartPayment(met.Mallory.Invoice(300_000.Msat())));
        await met.Channel.Run();
        Assert.Equal(3, met.Channel.Incoming.Count());
        Assert.Equal(2, payments.Count(static payment => payment.HasEnded));
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task Dust_exposure_is_capped_on_update_fee_too()
    {
        var alice = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(2_000_000) };
        var options = new ScriptedPeerOptions { Channels = alice with { MaxDustExposure = new(500_000_000) }, Features = DefaultFeatures.Init.Without(Feature.Anchors) };
        await using var met = await Encounter.Opened(options, alice: alice);
        for (var i = 0; i < 3; i++) met.Channel.Pay(await met.Alice.HoldInvoice(3_000_000.Msat()));
        await met.Channel.Run();
        Assert.Empty(met.Channel.Failures);
        met.Channel.SetFeerate(new(6_000));
        await met.Channel.SendAll();
        await met.Channel.ExpectWarningAndClose();
    }

    [Theory]
    [InlineData(353_000, true)]
    [InlineData(354_000, false)]
    public async Task A_near_dust_HTLC_counts_in_the_commitment_fee_when_it_is_accepted(long msat, bool isAccepted)
    {
        // Mallory has her reserve, the fee of a commitment without HTLCs, the anchors, the HTLC and 100 sat: one output more is too much.
        const long Balance = 10_000 + (1_124 * 2_500 / 1000) + 660 + 354 + 100;
        await using var met = await Encounter.Opened(push: new MilliSatoshi(1_000_000_000 - (Balance * 1000)));
        var invoice = await met.Alice.HoldInvoice(msat.Msat());
        var onion = met.Mallory.OnionFor(invoice, out var expiry);
        var add = new UpdateAddHtlc(met.Channel.Id, 0, msat.Msat(), invoice.PaymentHash, expiry, onion.Packet);
        if (isAccepted)
        {
            await met.Mallory.Send(add, met.Channel.Sign(add));
            await met.Mallory.Expect<RevokeAndAck>();
        }
        else
        {
            await met.Mallory.Send(add);
            await met.Channel.ExpectWarningAndClose();
        }
    }

    [Fact]
    public async Task A_peer_that_allows_us_a_zero_reserve_gets_no_channel_whatever_the_feerate_does_then()
    {
        await using var met = await Encounter.Connected();
        var opened = met.Mallory.BeginChannel(Encounter.Capacity);
        await opened.SendNext<OpenChannel>(static open => open with { ChannelReserve = default });
        await met.Mallory.ExpectError();
        var accepted = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await accepted.SendNext<AcceptChannel>(static accept => accept with { ChannelReserve = default });
        await met.Mallory.ExpectError();
        Assert.Empty(await met.Alice.Do(static api => api.ListChannelsAsync()));
    }

    [Fact(Skip = "There are no offers (BOLT 12) yet.")]
    public void A_BOLT_12_invoice_for_another_amount_than_asked_is_refused()
    {
    }

    [Fact]
    public async Task A_channel_funded_by_a_coinbase_output_carries_no_HTLC_before_maturity()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity, new MilliSatoshi(500_000_000));
        Transaction coinbase = null!;
        channel.FundingOutput = agreed =>
        {
            // Mallory is a miner: her block makes the funding output.
            coinbase = met.Net.Chain.Simulated.MineTo(agreed).Transactions[0];
            channel.FundingNamed = new OutPoint(coinbase.TxId, 0);
            return agreed;
        };
        await channel.Run();
        while (met.Net.Chain.Simulated.Confirmations(coinbase.TxId) < 99)
        {
            await met.Net.Chain.MineHidden();
            Assert.DoesNotContain(met.Mallory.Received, static message => message is ChannelReady);
        }

        await met.Net.Mine();
        await met.Mallory.Expect<ChannelReady>(limit: TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_anchor_reserve_counts_every_channel_that_may_need_it()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var inbound = await net.OpenChannel("bob", "alice", 500_000.Sat());
        await net["alice"].Fund(1_015_000.Sat());
        var request = new OpenChannelRequest { Peer = net["bob"].Id, Capacity = 1_000_000.Sat() };
        await ShouldLack();

        // One that is being closed counts as well, until that is final.
        await net["alice"].Close(inbound, force: true);
        await net.Mine(2);
        await ShouldLack();
        await net.Mine(6);
        await net["alice"].Do(api => api.OpenChannelAsync(request));

        async Task ShouldLack()
        {
            var refusal = await Assert.ThrowsAsync<LightningException>(() => net["alice"].Do(api => api.OpenChannelAsync(request)));
            Assert.Contains("reserve of 20000 sat", refusal.Message, StringComparison.Ordinal);
        }
    }
}
