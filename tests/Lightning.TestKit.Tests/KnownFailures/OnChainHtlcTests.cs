using Lightning.Protocol.Messages;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests.KnownFailures;

/// <summary>What has lost other nodes the HTLCs of a channel that was closed on chain: mallory pays eve over alice, and eve's channel is closed.</summary>
public sealed class OnChainHtlcTests
{
    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    [InlineData("their next one")]
    [InlineData("a revoked one")]
    public async Task The_preimage_of_a_claimed_HTLC_is_extracted_whichever_commitment_is_on_chain(string which)
    {
        await using var way = await Way.Make();
        if (which == "their next one")
        {
            // Signed by alice, and the one before is not revoked: to her it is the next one.
            way.Pay();
            await way.From.Run();
            await way.To.Hear<UpdateAddHtlc>();
            await way.To.Hear<CommitmentSigned>();
        }
        else
        {
            await way.Arrive();
        }

        var commitment = way.To.Keep();
        if (which == "a revoked one")
        {
            way.To.Pay(await way.Alice.Invoice(10_000.Sat()));
            await way.RunBoth();
        }

        if (which == "ours")
        {
            await way.To.NodeCloses(force: true);
            commitment = way.To.Published();
            await way.Net.Mine();
        }
        else
        {
            await way.Net.Chain.MineHidden(commitment.Transaction);
        }

        Assert.Empty(way.From.Preimages);
        await way.Net.Chain.MineHidden(commitment.Take((0, way.Preimage)));
        await way.From.Run();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
        await way.Net.Mine(100);
        await way.From.Run();
        Assert.Empty(way.From.Failures);
        way.From.ShouldBeUsable();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_HTLC_missing_from_the_confirmed_commitment_is_never_failed_upstream_when_its_preimage_is_known(bool restarts)
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.Met.Mallory.Disconnect();
        way.To.Fulfill(0, way.Preimage);
        await way.To.Run();
        var commitment = way.To.Keep();
        Assert.Null(commitment.HtlcOutput(0, isIncoming: true));
        if (restarts) await way.Alice.Crash();
        await way.Net.Chain.MineHidden(commitment.Transaction);
        if (restarts) await way.Alice.Start();
        await ShouldBePaid(way);
    }

    // What eve takes proves that the part without an output is paid too: nobody else could have shown it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nor_when_it_is_known_from_another_HTLC_of_the_same_hash(bool restarts)
    {
        await using var way = await Way.Make();
        way.Pay();
        way.Pay(amount: 300_000.Msat());
        await way.RunBoth();
        Assert.Equal(2, way.To.Incoming.Count());
        var commitment = way.To.Keep();
        var dust = Assert.Single(new ulong[] { 0, 1 }, id => commitment.HtlcOutput(id, isIncoming: true) is null);
        await way.Met.Mallory.Disconnect();
        await way.Net.Chain.MineHidden(commitment.Transaction);
        await way.Net.Chain.MineHidden(commitment.Take((1 - dust, way.Preimage)));
        if (restarts) await way.Alice.Restart();
        await way.Net.Mine(20);
        await way.Met.Mallory.Connect("alice");
        await way.From.Run();
        Assert.Empty(way.From.Failures);
        Assert.Equal([way.Preimage, way.Preimage], way.From.Preimages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_when_our_commitment_confirms_after_the_peer_sent_error(bool restarts)
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.Met.Mallory.Disconnect();

        // Alice's commitment is without it then, and eve's still has it.
        way.To.Fulfill(0, way.Preimage);
        await way.To.SendNext<UpdateFulfillHtlc>();
        await way.To.SendNext<CommitmentSigned>();
        await way.Eve.Send(new Error(way.To.Id, "no more"));
        way.To.ShouldBeFailed();
        way.Eve.SkipUnread();
        if (restarts) await way.Alice.Crash();
        await way.Net.Mine();
        if (restarts) await way.Alice.Start();
        await ShouldBePaid(way);
    }

    // Alice knows the preimage and would take the HTLC; mallory takes it back after its expiry. That is no success of alice's.
    [Fact]
    public async Task The_resolver_does_not_take_a_foreign_spend_for_its_own_success_transaction()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(100_000.Sat());
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        await met.Alice.ShouldHold(invoice);
        var balance = met.Alice.Entry(met.Channel.Funding)!.Funded!.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi();
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs[0].CltvExpiry;
        await met.Channel.NodeCloses(force: true);
        var commitment = met.Channel.Published();
        await met.Net.Mine();
        await met.Alice.Settle(invoice);
        while (met.Net.Chain.Height < expiry) await met.Net.Chain.MineHidden();
        await met.Net.Chain.MineHidden(commitment.Take((0, null)));
        await met.Net.Mine(1_000);
        Assert.Equal("gone", met.Channel.StateAtNode);
        var output = commitment.HtlcOutput(0, isIncoming: false)!.Value;
        Assert.False(met.Alice.HasPublished(met.Net.Chain.FindConfirmedSpender(output)!.TxId));

        // Her own balance came back, and no more.
        Assert.InRange((await met.Alice.WalletBalance()).Confirmed.Value, balance.Value - 5_000, balance.Value + 330);
    }

    private static async Task ShouldBePaid(Way way)
    {
        await way.Net.Mine(20);
        await way.Met.Mallory.Connect("alice");
        await way.From.Run();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
        Assert.Empty(way.From.Failures);
        way.From.ShouldBeUsable();
    }
}
