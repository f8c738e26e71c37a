using Lightning.Channels.Fees;
using Lightning.Channels.Formats;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Fees;

public sealed class CommitmentFeesTests
{
    // The example of BOLT 3 "Fee Calculation".
    private static readonly CommitmentSpec Example = new(
        new FeeratePerKw(5000),
        100_000_000.Msat(),
        100_000_000.Msat(),
        [Htlc(HtlcDirection.Offered, 0, 5_000_000), Htlc(HtlcDirection.Offered, 1, 1_000_000), Htlc(HtlcDirection.Received, 0, 7_000_000), Htlc(HtlcDirection.Received, 1, 800_000)]);

    [Fact]
    public void The_example_of_bolt_3_holds()
    {
        var terms = Terms(CommitmentFormat.StaticRemoteKey, 546);
        Assert.Equal(3315.Sat(), terms.Format.HtlcTransactionFee(HtlcDirection.Offered, Example.Feerate));
        Assert.Equal(3515.Sat(), terms.Format.HtlcTransactionFee(HtlcDirection.Received, Example.Feerate));
        Assert.Equal(2, CommitmentFees.UntrimmedHtlcs(terms, Example));
        Assert.Equal(1068, CommitmentFees.Weight(terms, Example));
        Assert.Equal(5340.Sat(), CommitmentFees.BaseFee(terms, Example));
        Assert.Equal(5340.Sat(), CommitmentFees.OpenerCost(terms, Example));
        Assert.Equal(1_800_000.Msat(), CommitmentFees.DustExposure(terms, Example));
    }

    [Fact]
    public void With_anchors_only_the_dust_limit_trims_and_the_opener_pays_both_anchors()
    {
        var terms = Terms(CommitmentFormat.Anchors, 801);
        Assert.Equal(Satoshi.Zero, terms.Format.HtlcTransactionFee(HtlcDirection.Offered, Example.Feerate));
        Assert.Equal(3, CommitmentFees.UntrimmedHtlcs(terms, Example));
        Assert.Equal(1124 + (3 * 172), CommitmentFees.Weight(terms, Example));
        Assert.Equal(CommitmentFees.BaseFee(terms, Example) + 660.Sat(), CommitmentFees.OpenerCost(terms, Example));
        Assert.Equal(800_000.Msat(), CommitmentFees.DustExposure(terms, Example));
    }

    [Fact]
    public void A_near_dust_htlc_costs_the_opener_its_output()
    {
        // 546 sat and the HTLC-timeout fee: one satoshi less is trimmed.
        var terms = Terms(CommitmentFormat.StaticRemoteKey, 546);
        var none = new CommitmentSpec(new FeeratePerKw(1000), 100_000_000.Msat(), 100_000_000.Msat());
        Assert.Equal(724.Sat(), CommitmentFees.OpenerCost(terms, none.Add(Htlc(HtlcDirection.Offered, 0, 1_208_999))));
        Assert.Equal(896.Sat(), CommitmentFees.OpenerCost(terms, none.Add(Htlc(HtlcDirection.Offered, 0, 1_209_000))));
    }

    [Theory]
    [InlineData("static_remotekey", 724, 663, 703)]
    [InlineData("anchors", 1124, 666, 706)]
    public void Weights_are_those_of_appendix_a(string name, int commitment, int timeout, int success)
    {
        var format = CommitmentFormat.Parse(name);
        Assert.Equal((commitment, timeout, success), (format.CommitmentWeight, format.HtlcTransactionWeight(HtlcDirection.Offered), format.HtlcTransactionWeight(HtlcDirection.Received)));
    }

    [Fact]
    public void A_signed_commitment_weighs_no_more_than_expected()
    {
        foreach (var format in new[] { CommitmentFormat.StaticRemoteKey, CommitmentFormat.Anchors })
        {
            var channel = CommitmentTransactionTests.WithHtlcs(format);
            var commitment = channel.ByAlice;
            var signed = commitment.WithSignatures(TestChannel.Alice.SignLocalCommitment(commitment), TestChannel.Bob.SignRemoteCommitment(channel.ByBob).Commitment);
            // Shorter signatures; and BOLT 3 reckons three bytes for the count of outputs where there are anchors.
            var expected = CommitmentFees.Weight(commitment.Terms, commitment.Spec);
            Assert.InRange(signed.Weight, expected - 16, expected);
        }
    }

    private static CommitmentTerms Terms(CommitmentFormat format, long dustLimit) =>
        new(CommitmentOwner.Local, format, OwnerIsOpener: true, dustLimit.Sat(), 144, TestChannel.Alice.Basepoints, TestChannel.Bob.Basepoints);

    private static CommittedHtlc Htlc(HtlcDirection direction, ulong id, long amount) => new(direction, id, amount.Msat(), default, 500);
}
