using CsCheck;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Fees;
using Lightning.Channels.Formats;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Transactions;

public sealed class CommitmentTransactionTests
{
    private const int Iterations = 150;

    [Fact]
    public void Both_nodes_build_the_same_and_the_owner_can_broadcast_it() => TestChannel.Any.Sample(
        channel =>
        {
            var (mine, theirs) = (channel.ByAlice, channel.ByBob);
            Assert.Equal(mine.Transaction.ToBytes(), theirs.Transaction.ToBytes());
            Assert.Equal(TestChannel.CommitmentNumber, CommitmentNumber.Decode(mine.Transaction, mine.Terms.ObscuringFactor));

            var signatures = TestChannel.Bob.SignRemoteCommitment(theirs);
            Assert.Equal(CommitmentVerification.Valid, mine.Verify(signatures));
            var signed = mine.WithSignatures(TestChannel.Alice.SignLocalCommitment(mine), signatures.Commitment);
            Spending.AssertValid(signed, new TxOut(TestChannel.Capacity, channel.AliceFunding.ScriptPubKey));
        },
        iter: Iterations);

    [Fact]
    public void Amounts_add_up_and_nothing_is_below_the_dust_limit() => TestChannel.Any.Sample(
        channel =>
        {
            var commitment = channel.ByAlice;
            var (terms, spec) = (commitment.Terms, commitment.Spec);
            Assert.Equal(TestChannel.Capacity.Value, commitment.Transaction.Outputs.Sum(output => output.Value.Value) + commitment.Fee.Value);
            Assert.Equal(CommitmentFees.UntrimmedHtlcs(terms, spec), commitment.HtlcTransactions.Length);

            // The opener pays the fee and the anchors; who cannot pay it all pays what it has.
            var opener = (terms.OwnerIsOpener ? spec.ToLocal : spec.ToRemote).ToSatoshi();
            var cost = CommitmentFees.OpenerCost(terms, spec);
            Assert.True(commitment.Fee + terms.Format.AnchorsCost >= Satoshi.Min(cost, opener));
            var toOpener = commitment.Outputs.SingleOrDefault(output => output.Kind == (terms.OwnerIsOpener ? CommitmentOutputKind.ToLocal : CommitmentOutputKind.ToRemote));
            Assert.Equal(opener - cost >= terms.DustLimit ? opener - cost : null, toOpener?.Output.Value);
            foreach (var output in commitment.Outputs)
            {
                Assert.True(output.Output.Value >= terms.DustLimit || output.Kind is CommitmentOutputKind.ToLocalAnchor or CommitmentOutputKind.ToRemoteAnchor);
            }
        },
        iter: Iterations);

    [Fact]
    public void Each_htlc_transaction_takes_its_own_htlc() => TestChannel.Any.Sample(
        channel =>
        {
            var commitment = channel.ByAlice;
            var signatures = TestChannel.Bob.SignRemoteCommitment(channel.ByBob);
            var taken = new HashSet<(HtlcDirection, ulong)>();
            for (var i = 0; i < commitment.HtlcTransactions.Length; i++)
            {
                var htlc = commitment.HtlcTransactions[i];
                Assert.True(taken.Add((htlc.Htlc.Direction, htlc.Htlc.Id)));
                Assert.Equal(htlc.Htlc, commitment.Spec.Find(htlc.Htlc.Direction, htlc.Htlc.Id));
                Assert.Equal(htlc.Htlc.Amount.ToSatoshi(), htlc.Spent.Output.Value);
                Assert.Equal(htlc.IsSuccess ? 0 : htlc.Htlc.CltvExpiry, htlc.Transaction.LockTime);
                Assert.True(htlc.Transaction.Outputs[0].Value >= commitment.Terms.DustLimit);

                var ours = TestChannel.Alice.SignHtlcTransaction(htlc, htlc.Transaction, 0);
                PaymentPreimage? preimage = htlc.IsSuccess ? TestChannel.Preimages[htlc.Htlc.PaymentHash] : null;
                var signed = htlc.Transaction.WithWitness(0, htlc.Witness(ours, signatures.Htlcs[i], preimage));
                Spending.AssertValid(signed, htlc.Spent.Output);

                // BOLT 3 reckons with signatures of 73 bytes and an expiry of four: how much shorter they come out is chance.
                var most = commitment.Terms.Format.HtlcTransactionWeight(htlc.Htlc.Direction) - signed.Inputs[0].Witness.Stack[1..3].Sum(static signature => 73 - signature.Length);
                Assert.InRange(signed.Weight, most - 4, most);
            }
        },
        iter: Iterations);

    [Fact]
    public void A_wrong_signature_is_told_apart() => TestChannel.Any.Where(channel => channel.ByAlice.HtlcTransactions.Length > 0).Sample(
        channel =>
        {
            var good = TestChannel.Bob.SignRemoteCommitment(channel.ByBob);
            Assert.Equal(CommitmentVerification.InvalidCommitmentSignature, channel.ByAlice.Verify(good with { Commitment = good.Htlcs[0] }));
            Assert.Equal(CommitmentVerification.WrongNumberOfHtlcSignatures, channel.ByAlice.Verify(good with { Htlcs = good.Htlcs.RemoveAt(0) }));
            Assert.Equal(CommitmentVerification.WrongNumberOfHtlcSignatures, channel.ByAlice.Verify(good with { Htlcs = good.Htlcs.Add(good.Commitment) }));
            Assert.Equal(CommitmentVerification.InvalidHtlcSignature, channel.ByAlice.Verify(good with { Htlcs = good.Htlcs.SetItem(good.Htlcs.Length - 1, good.Commitment) }));
        },
        iter: 20);

    [Fact]
    public void With_anchors_an_htlc_transaction_joins_a_larger_one()
    {
        var channel = WithHtlcs(CommitmentFormat.Anchors);
        var signatures = TestChannel.Bob.SignRemoteCommitment(channel.ByBob);
        var htlc = channel.ByAlice.HtlcTransactions[0];
        var feeInput = new TxIn(new OutPoint(channel.AliceFunding.OutPoint.TxId, 9), default, 0xFFFF_FFFD, Witness.Empty);
        var larger = new Transaction(2, [htlc.Transaction.Inputs[0], feeInput], [htlc.Transaction.Outputs[0], new TxOut(1000.Sat(), TestChannel.Destination)], htlc.Transaction.LockTime);
        var ours = TestChannel.Alice.SignHtlcTransaction(htlc, larger, 0);
        var witness = htlc.Witness(ours, signatures.Htlcs[0], null);
        var spent = new SpentOutputs([htlc.Spent.Output, new TxOut(5000.Sat(), TestChannel.Destination)]);
        Assert.Equal(Lightning.Bitcoin.Scripts.Interpreter.ScriptError.Ok, Verify(larger.WithWitness(0, witness)));

        // Our own signature covers all: nobody can add an output to it.
        var tampered = new Transaction(2, larger.Inputs, [.. larger.Outputs, new TxOut(1.Sat(), TestChannel.Destination)], larger.LockTime);
        Assert.NotEqual(Lightning.Bitcoin.Scripts.Interpreter.ScriptError.Ok, Verify(tampered.WithWitness(0, witness)));

        Lightning.Bitcoin.Scripts.Interpreter.ScriptError Verify(Transaction transaction) =>
            Lightning.Bitcoin.Scripts.Interpreter.ScriptInterpreter.Verify(transaction, 0, spent, Lightning.Bitcoin.Scripts.Interpreter.ScriptFlags.Standard);
    }

    [Fact]
    public void Two_htlcs_equal_in_hash_and_amount_keep_their_own_expiry()
    {
        var hash = TestChannel.Preimage(1).Hash;
        var channel = new TestChannel(CommitmentFormat.Anchors, true, 546.Sat(), new CommitmentSpec(
            new FeeratePerKw(1000),
            400_000_000.Msat(),
            590_000_000.Msat(),
            [new CommittedHtlc(HtlcDirection.Offered, 0, 5_000_000.Msat(), hash, 600), new CommittedHtlc(HtlcDirection.Offered, 1, 5_000_000.Msat(), hash, 500)]));
        var (first, second) = (channel.ByAlice.HtlcTransactions[0], channel.ByAlice.HtlcTransactions[1]);
        Assert.Equal(first.Spent.Output, second.Spent.Output);
        Assert.Equal((1ul, 500u, 0ul, 600u), (first.Htlc.Id, first.Transaction.LockTime, second.Htlc.Id, second.Transaction.LockTime));
        Assert.Equal(first.OutputIndex + 1, second.OutputIndex);
        Assert.Equal(CommitmentVerification.Valid, channel.ByAlice.Verify(TestChannel.Bob.SignRemoteCommitment(channel.ByBob)));
    }

    [Fact]
    public void A_commitment_that_would_lose_money_is_not_built()
    {
        Build(1_000_000_000, 0);
        Assert.Throws<ArgumentException>(() => Build(1_000_000_001, -1));
        Assert.Throws<ArgumentException>(() => Build(999_999_999, 0));

        static TestChannel Build(long toLocal, long toRemote) =>
            new(CommitmentFormat.Anchors, true, 546.Sat(), new CommitmentSpec(new FeeratePerKw(1000), toLocal.Msat(), toRemote.Msat()));
    }

    [Fact]
    public void The_peers_commitment_is_never_signed_as_ours_nor_ours_as_the_peers()
    {
        var channel = WithHtlcs(CommitmentFormat.Anchors);
        Assert.Throws<InvalidOperationException>(() => TestChannel.Alice.SignRemoteCommitment(channel.ByAlice));
        Assert.Throws<InvalidOperationException>(() => TestChannel.Bob.SignLocalCommitment(channel.ByBob));
        Assert.Throws<InvalidOperationException>(() => TestChannel.Bob.SignHtlcTransaction(channel.ByBob.HtlcTransactions[0], channel.ByBob.HtlcTransactions[0].Transaction, 0));
        Assert.Throws<InvalidOperationException>(() => channel.ByBob.Verify(TestChannel.Bob.SignRemoteCommitment(channel.ByBob)));
        Assert.Throws<InvalidOperationException>(() => TestChannel.Alice.SignRemoteCommitment(channel.ByBob));
    }

    [Fact]
    public void Htlc_success_needs_the_right_preimage_and_htlc_timeout_none()
    {
        var channel = WithHtlcs(CommitmentFormat.StaticRemoteKey);
        var timeout = channel.ByAlice.HtlcTransactions.Single(htlc => !htlc.IsSuccess);
        var success = channel.ByAlice.HtlcTransactions.Single(htlc => htlc.IsSuccess);
        Assert.Throws<ArgumentException>(() => success.Witness(default, default, null));
        Assert.Throws<ArgumentException>(() => success.Witness(default, default, TestChannel.Preimage(3)));
        Assert.Throws<ArgumentException>(() => timeout.Witness(default, default, TestChannel.Preimage(0)));
    }

    internal static TestChannel WithHtlcs(CommitmentFormat format) => new(format, true, 546.Sat(), new CommitmentSpec(
        new FeeratePerKw(1000),
        400_000_000.Msat(),
        560_000_000.Msat(),
        [
            new CommittedHtlc(HtlcDirection.Offered, 0, 10_000_000.Msat(), TestChannel.Preimage(0).Hash, 500),
            new CommittedHtlc(HtlcDirection.Received, 0, 30_000_000.Msat(), TestChannel.Preimage(1).Hash, 510),
        ]));
}
