using Lightning.Actors.Api;
using Lightning.Channels.States;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>A payment that is held for its owner, and whose HTLC the chain takes away.</summary>
public sealed class LostPartTests
{
    // Too small for an output: it is in no commitment that can come on chain.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_held_payment_without_an_output_is_cancelled_when_the_commitment_is_final(bool restarts)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(200.Sat());
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        await met.Alice.ShouldHold(invoice);
        await met.Channel.NodeCloses(force: true);
        await met.Net.Mine(5);

        // A reorganisation may still bring another commitment.
        await met.Net.Advance(TimeSpan.FromSeconds(20));
        await met.Alice.ShouldHold(invoice);
        if (restarts) await met.Alice.Crash();
        await met.Net.Mine();
        if (restarts) await met.Alice.Start();
        await met.Net.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(InvoiceState.Canceled, (await met.Alice.Lookup(invoice)).State);
        var refused = await Assert.ThrowsAsync<LightningException>(() => met.Alice.Settle(invoice));
        Assert.Equal("invoice already canceled", refused.Message);

        // The answer is durable: nothing is asked again.
        Assert.Empty(met.Alice.Entry(met.Channel.Funding)!.Funded!.Commitments.Incoming);
        await met.Net.Mine(1_000);
        Assert.Equal("gone", met.Channel.StateAtNode);
    }

    // The rest of the payment, in another channel, goes back to whom it came from.
    [Fact]
    public async Task The_other_parts_of_a_held_payment_go_back()
    {
        await using var met = await Encounter.Opened();
        var other = await met.Mallory.OpenTo("alice", Encounter.Capacity, 400_000_000.Msat());
        var invoice = await met.Alice.HoldInvoice(50_200.Sat());
        var expiry = met.Net.Chain.Height + 100;
        Part(met.Channel, 200.Sat().ToMilliSatoshi());
        Part(other, 50_000.Sat().ToMilliSatoshi());
        await met.Channel.Run();
        await other.Run();
        await met.Alice.ShouldHold(invoice);
        await met.Channel.NodeCloses(force: true);
        await met.Net.Mine(6);
        await met.Net.Advance(TimeSpan.FromSeconds(20));
        await other.Run();
        Assert.Single(other.Failures);
        Assert.Empty(other.Preimages);
        Assert.Equal(nameof(Normal), other.StateAtNode);
        Assert.Equal(InvoiceState.Canceled, (await met.Alice.Lookup(invoice)).State);

        void Part(ScriptedChannel channel, MilliSatoshi amount)
        {
            var final = new Lightning.Protocol.Onion.HopPayload
            {
                AmountToForward = amount,
                OutgoingCltvValue = expiry,
                PaymentData = new Lightning.Protocol.Onion.PaymentData(Lightning.Protocol.Invoices.Bolt11.Decode(invoice.PaymentRequest).PaymentSecret, invoice.Amount),
            };
            channel.Add(amount, invoice.PaymentHash, expiry, met.Mallory.Onion(invoice.PaymentHash, (met.Alice.Id, final.Encode())));
        }
    }
}
