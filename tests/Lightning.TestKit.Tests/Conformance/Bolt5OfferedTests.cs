using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 5 "HTLC Output Handling: Local Commitment, Local Offers" and "... Remote Commitment, Local Offers": mallory pays eve over alice, and eve's channel is on chain.</summary>
public sealed class Bolt5OfferedTests
{
    public static TheoryData<string> Commitments => OnChain.Commitments;

    [Theory]
    [MemberData(nameof(Commitments))]
    public async Task An_HTLC_that_timed_out_is_failed_when_its_claim_is_final_and_comes_back(string which)
    {
        await using var way = await Way.Make();
        var before = way.Alice.Entry(way.To.Funding)!.Funded!.Commitments.Latest.LocalSpec.ToLocal;
        var commitment = await way.Offer(which);
        var output = commitment.HtlcOutput(0, isIncoming: true)!.Value;

        // Nothing is published that could not be mined.
        while (way.Net.Chain.Height < way.OutgoingExpiry)
        {
            Assert.Null(way.Net.Chain.Simulated.FindSpender(output));
            await way.Net.Mine();
        }

        // And not a block later than it could be.
        await way.Net.Mine();
        Assert.True(way.Net.Chain.FindConfirmedSpender(output) is { } claim && way.Alice.HasPublished(claim.TxId));
        Assert.Empty(way.From.Failures);
        await way.Net.Mine(4);
        await way.From.Run();
        Assert.Empty(way.From.Failures);
        await way.Net.Mine();
        await way.From.Run();
        Assert.IsType<HtlcFailure.Remote>(Assert.Single(way.From.Failures));
        way.From.ShouldBeUsable();

        // The money is alice's again, the second stage of her own commitment after its delay.
        var coins = (await way.Alice.WalletBalance()).Confirmed;
        await way.Net.End(way.To);
        Assert.InRange(((await way.Alice.WalletBalance()).Confirmed - Funded).Value, before.ToSatoshi().Value - 8_000, before.ToSatoshi().Value + 330);
        if (which == "ours") Assert.True((await way.Alice.WalletBalance()).Confirmed > coins + Way.Amount.ToSatoshi() - 5_000.Sat());
    }

    [Theory]
    [MemberData(nameof(Commitments))]
    public async Task An_HTLC_without_an_output_in_any_commitment_is_failed_with_the_first_confirmation(string which)
    {
        await using var way = await Way.Make();
        way.Pay(amount: 300_000.Msat());
        await way.From.Run();
        if (which == "their next one")
        {
            await way.To.Hear<UpdateAddHtlc>();
            await way.To.Hear<CommitmentSigned>();
        }
        else
        {
            await way.RunBoth();
        }

        var commitment = await way.Net.Confirm(way.To, which);
        Assert.Null(commitment.HtlcOutput(0, isIncoming: true));
        await way.From.Run();
        Assert.Single(way.From.Failures);
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("theirs")]
    public async Task An_HTLC_without_an_output_in_one_commitment_only_is_failed_when_that_is_final(string which)
    {
        await using var way = await Way.Make();
        way.Pay();
        await way.From.Run();
        if (which == "ours")
        {
            // In eve's commitment, and not in alice's: eve signs nothing.
            await way.To.Hear<UpdateAddHtlc>();
            await way.To.Hear<CommitmentSigned>();
            await way.To.SendNext<RevokeAndAck>();
        }

        var commitment = await way.Net.Confirm(way.To, which);
        Assert.Null(commitment.HtlcOutput(0, isIncoming: true));
        await way.Net.Mine(4);
        await way.From.Run();
        Assert.Empty(way.From.Failures);
        await way.Net.Mine();
        await way.From.Run();
        Assert.Single(way.From.Failures);
    }

    [Theory]
    [MemberData(nameof(Commitments))]
    public async Task A_preimage_in_the_mempool_goes_up_before_it_is_mined(string which)
    {
        await using var way = await Way.Make();
        var commitment = await way.Offer(which);
        var take = commitment.Take((0, way.Preimage));

        // Its fee is not of interest here.
        if (which != "ours") way.Net.Chain.FillMempool(new FeeratePerKw(0));
        Assert.True(way.Net.Chain.Broadcast(take).IsKnown);
        await way.Net.Chain.MineHidden();
        await way.From.Run();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
    }

    // The claim is in a block with the commitment, and both are taken back: nothing is failed before it is final anew.
    [Theory]
    [MemberData(nameof(Commitments))]
    public async Task Outputs_are_watched_until_they_are_final_and_resolved_again_after_a_reorganisation(string which)
    {
        await using var way = await Way.Make();
        var commitment = await way.Offer(which);
        var output = commitment.HtlcOutput(0, isIncoming: true)!.Value;
        while (way.Net.Chain.FindConfirmedSpender(output) is null && way.Net.Chain.Height < way.OutgoingExpiry + 10) await way.Net.Mine();
        await way.Net.Mine(3);
        await way.Net.Chain.Reorg(5, isEmpty: true);
        Assert.Null(way.Net.Chain.FindConfirmedSpender(output));
        await way.Net.Chain.MineHidden();
        await way.Net.Chain.MineHidden();
        await way.From.Run();
        Assert.Empty(way.From.Failures);
        await way.Net.Mine();
        Assert.True(way.Alice.HasPublished(way.Net.Chain.FindConfirmedSpender(output)!.TxId));
        await way.Net.Mine(5);
        await way.From.Run();
        Assert.Single(way.From.Failures);
        await way.Net.End(way.To);
    }

    private static Satoshi Funded => new(200_000);
}
