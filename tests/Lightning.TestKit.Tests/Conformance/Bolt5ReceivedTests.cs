using Lightning.Actors.Api;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 5 "HTLC Output Handling: Local Commitment, Remote Offers" and "... Remote Commitment, Remote Offers", and the node's own balance: mallory pays alice, and their channel is on chain.</summary>
public sealed class Bolt5ReceivedTests
{
    private static readonly Satoshi Amount = new(100_000);

    public static TheoryData<string> Commitments => OnChain.Commitments;

    [Theory]
    [MemberData(nameof(Commitments))]
    public async Task An_incoming_HTLC_is_taken_with_its_preimage_before_it_expires(string which)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(Amount);
        var commitment = await met.Receive(invoice, which);
        var output = commitment.HtlcOutput(0, isIncoming: false)!.Value;
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Single(htlc => htlc.PaymentHash == invoice.PaymentHash).CltvExpiry;
        await met.Net.Mine(3);
        Assert.Null(met.Net.Chain.Simulated.FindSpender(output));
        await met.Alice.Settle(invoice);
        while (met.Net.Chain.FindConfirmedSpender(output) is null && met.Net.Chain.Height < expiry) await met.Net.Mine();
        Assert.True(met.Alice.HasPublished(met.Net.Chain.FindConfirmedSpender(output)!.TxId));
        Assert.True(met.Net.Chain.Height < expiry);
        await met.Alice.ShouldHaveSettled(invoice);
        await met.Net.End(met.Channel);
        Assert.Null(met.Net.Chain.Simulated.FindSpender(output));
        Assert.InRange((await met.Alice.WalletBalance()).Confirmed.Value, 200_000 + 570_000 - 10_000, 200_000 + 600_330);
    }

    [Theory]
    [MemberData(nameof(Commitments))]
    public async Task Without_its_preimage_it_is_left_to_the_peer(string which)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(Amount);
        var commitment = await met.Receive(invoice, which);
        var output = commitment.HtlcOutput(0, isIncoming: false)!.Value;
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Single(htlc => htlc.PaymentHash == invoice.PaymentHash).CltvExpiry;
        while (met.Net.Chain.Height < expiry)
        {
            Assert.Null(met.Net.Chain.FindConfirmedSpender(output) ?? met.Net.Chain.Simulated.FindSpender(output));
            await met.Net.Mine();
        }

        await met.Net.Chain.MineHidden(commitment.Take((0, null)));
        await met.Net.End(met.Channel);
    }

    // Her next commitment has it, and the one before is not revoked: she could still go back on it. The preimage is alice's, and shown by nobody.
    [Fact]
    public async Task An_HTLC_that_is_not_irrevocable_is_left_alone()
    {
        await using var met = await Encounter.Opened();
        await met.Alice.Fund(200_000.Sat());
        var invoice = await met.Alice.Invoice(Amount);
        met.Channel.Pay(invoice);
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Channel.SendNext<CommitmentSigned>();
        await met.Channel.Hear<RevokeAndAck>();
        await met.Channel.Hear<CommitmentSigned>();
        var commitment = met.Channel.Keep();
        var output = commitment.HtlcOutput(0, isIncoming: false)!.Value;
        await met.Net.Chain.MineHidden(commitment.Transaction);
        await met.Net.Mine(100);
        Assert.Null(met.Net.Chain.FindConfirmedSpender(output) ?? met.Net.Chain.Simulated.FindSpender(output));
        Assert.Equal(InvoiceState.Open, (await met.Alice.Lookup(invoice)).State);
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public async Task Our_balance_comes_back_after_the_delay_and_not_a_block_earlier(string which)
    {
        await using var met = await Encounter.Opened();
        await met.Alice.Fund(200_000.Sat());
        var delay = met.Alice.Entry(met.Channel.Funding)!.Funded!.Parameters.Remote.ToSelfDelay;
        var commitment = (await met.Net.Confirm(met.Channel, which)).Transaction;
        var (confirmedAt, index) = (met.Net.Chain.Height, 0);

        // Of each half the larger one is mallory's, who pays the fee: on her commitment alice's waits for one block, on alice's own for the delay.
        for (var i = 0; i < commitment.Outputs.Length; i++)
            if (commitment.Outputs[i].Value == 500_000.Sat()) index = i;
        Assert.Equal(500_000.Sat(), commitment.Outputs[index].Value);
        var output = new OutPoint(commitment.TxId, (uint)index);
        while (met.Net.Chain.FindConfirmedSpender(output) is null && met.Net.Chain.Height < confirmedAt + 1_000)
        {
            // Nothing is published that could not be mined.
            var attempts = Assert.IsType<Lightning.Channels.States.Closing>(met.Alice.Entry(met.Channel.Funding)!.State).Attempts.Items;
            if (which == "ours" && met.Net.Chain.Height + 1 < confirmedAt + delay) Assert.DoesNotContain(attempts, attempt => attempt.Transaction.Inputs.Any(input => input.PreviousOutput == output));
            await met.Net.Mine();
        }

        var taken = met.Net.Chain.FindConfirmedSpender(output)!;
        Assert.True(met.Alice.HasPublished(taken.TxId));
        var waited = met.Net.Chain.Height - confirmedAt;
        Assert.InRange(waited, which == "ours" ? delay : 1u, which == "ours" ? delay + 2u : 2u);
        Assert.Equal(which == "ours" ? delay : 1u, taken.Inputs.Single(input => input.PreviousOutput == output).Sequence);
        await met.Net.End(met.Channel);
        Assert.InRange((await met.Alice.WalletBalance()).Confirmed.Value, 690_000, 700_330);
    }
}
