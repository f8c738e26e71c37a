using System.Collections.Immutable;
using CsCheck;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Signing;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

public sealed class ClaimWeightTests
{
    [Fact]
    public void A_claims_weight_is_that_of_the_signed_transaction_at_its_longest() => TestChannel.Any.Sample(
        channel =>
        {
            var secret = TestChannel.Alice.PerCommitmentSecret(TestChannel.CommitmentNumber);
            Check(TestChannel.Alice, ClaimableOutputs.OfLocalCommitment(channel.ByAlice));
            Check(TestChannel.Bob, ClaimableOutputs.OfRemoteCommitment(channel.ByBob, TestChannel.Preimages));
            Check(TestChannel.Bob, ClaimableOutputs.OfRevokedCommitment(channel.ByBob, secret));
            if (ClaimableOutputs.Anchor(channel.ByAlice) is { } anchor) Check(TestChannel.Alice, [anchor]);
            var signatures = TestChannel.Bob.SignRemoteCommitment(channel.ByBob).Htlcs;
            var htlcs = channel.ByAlice.HtlcTransactions.Select((htlc, index) => new ClaimInput.OwnHtlc(htlc, signatures[index], htlc.IsSuccess ? TestChannel.Preimages[htlc.Htlc.PaymentHash] : null)).ToList();
            foreach (var together in htlcs.GroupBy(htlc => (htlc.FixedLockTime, htlc.IsFixed ? htlc.OutPoint : (OutPoint?)null)))
            {
                var inputs = together.ToImmutableArray<ClaimInput>();
                var batch = Batch(inputs);
                Assert.True(inputs[0].IsFixed == !batch.NeedsCoins);
                var signed = Measure(TestChannel.Alice, batch, batch.Unsigned(null), batch.Weight(null), 2 * inputs.Length);
                Spending.AssertValid(signed, [.. inputs.Select(input => input.Spent)]);
            }
        },
        iter: 60);

    private static void Check(LocalChannelSigner signer, ImmutableArray<ClaimableOutput> outputs)
    {
        if (outputs.IsEmpty) return;
        var batch = Batch([.. outputs.Select(output => new ClaimInput.Single(output))]);
        var unsigned = batch.Unsigned(new TxOut(batch.Spent, TestChannel.Destination));
        Spending.AssertValid(Measure(signer, batch, unsigned, batch.Weight(TestChannel.Destination), outputs.Length), [.. outputs.Select(output => output.Output)]);
    }

    private static Transaction Measure(LocalChannelSigner signer, ClaimBatch batch, Transaction unsigned, long expected, int signatures)
    {
        var signed = unsigned;
        for (var i = 0; i < batch.Claims.Length; i++) signed = signed.WithWitness(i, batch.Claims[i].Input.Sign(signer, unsigned, i));
        Assert.InRange(signed.Weight, expected - (6 * signatures), expected);
        return signed;
    }

    private static ClaimBatch Batch(ImmutableArray<ClaimInput> inputs) => new([.. inputs.Select(input => new Claim(input, ClaimPurpose.Sweep, input.Spent.Value, 0, null, false))]);
}
