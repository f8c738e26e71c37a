using System.Collections.Immutable;
using CsCheck;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Formats;
using Lightning.Channels.Signing;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

public sealed class ClaimableOutputsTests
{
    private const int Iterations = 60;

    [Fact]
    public void The_owner_takes_to_local_after_the_delay() => TestChannel.Any.Sample(
        channel =>
        {
            var claims = ClaimableOutputs.OfLocalCommitment(channel.ByAlice);
            Assert.Equal(channel.ByAlice.Outputs.Count(output => output.Kind == CommitmentOutputKind.ToLocal), claims.Length);
            AssertTakes(claims, TestChannel.Alice);
            Assert.All(claims, claim => Assert.Equal((ClaimKind.Delayed, 720u, 720u), (claim.Kind, claim.Sequence, claim.RelativeLock)));
        },
        iter: Iterations);

    [Fact]
    public void The_other_node_takes_its_balance_and_its_htlcs() => TestChannel.Any.Sample(
        channel =>
        {
            var claims = ClaimableOutputs.OfRemoteCommitment(channel.ByBob, TestChannel.Preimages);
            AssertTakes(claims, TestChannel.Bob);
            Assert.Equal(
                channel.ByBob.Outputs.Count(output => output.Kind is CommitmentOutputKind.ToRemote or CommitmentOutputKind.Htlc),
                claims.Select(claim => claim.OutPoint).Distinct().Count());

            // Without preimages only what it offered itself is left.
            Assert.DoesNotContain(ClaimableOutputs.OfRemoteCommitment(channel.ByBob, new Dictionary<PaymentHash, PaymentPreimage>()), claim => claim.Kind == ClaimKind.HtlcPreimage);
        },
        iter: Iterations);

    [Fact]
    public void The_other_node_takes_everything_of_a_revoked_commitment() => TestChannel.Any.Sample(
        channel =>
        {
            var claims = ClaimableOutputs.OfRevokedCommitment(channel.ByBob, TestChannel.Alice.PerCommitmentSecret(TestChannel.CommitmentNumber));
            AssertTakes(claims, TestChannel.Bob);
            Assert.Equal(channel.ByBob.Outputs.Count(output => output.Kind is not (CommitmentOutputKind.ToLocalAnchor or CommitmentOutputKind.ToRemoteAnchor)), claims.Length);
        },
        iter: Iterations);

    [Theory]
    [InlineData("static_remotekey")]
    [InlineData("anchors")]
    public void The_output_of_an_htlc_transaction_is_the_owners_after_the_delay_and_the_others_if_revoked(string format)
    {
        var channel = CommitmentTransactionTests.WithHtlcs(CommitmentFormat.Parse(format));
        var secret = TestChannel.Alice.PerCommitmentSecret(TestChannel.CommitmentNumber);
        foreach (var htlc in channel.ByAlice.HtlcTransactions)
        {
            AssertTakes(Assert.Single(ClaimableOutputs.OfLocalHtlcTransaction(channel.ByAlice, htlc.Transaction)), TestChannel.Alice);
            AssertTakes(Assert.Single(ClaimableOutputs.OfRevokedHtlcTransaction(channel.ByBob, htlc.Transaction, secret)), TestChannel.Bob);
        }
    }

    [Fact]
    public void Htlc_transactions_joined_in_one_are_all_punished()
    {
        var channel = CommitmentTransactionTests.WithHtlcs(CommitmentFormat.Anchors);
        var htlcs = channel.ByAlice.HtlcTransactions;
        var joined = new Transaction(
            2,
            [.. htlcs.Select(htlc => htlc.Transaction.Inputs[0])],
            [.. htlcs.Select(htlc => htlc.Transaction.Outputs[0]), new TxOut(7.Sat(), TestChannel.Destination)],
            510);
        var claims = ClaimableOutputs.OfRevokedHtlcTransaction(channel.ByBob, joined, TestChannel.Alice.PerCommitmentSecret(TestChannel.CommitmentNumber));
        Assert.Equal([new OutPoint(joined.TxId, 0), new OutPoint(joined.TxId, 1)], claims.Select(claim => claim.OutPoint));
        AssertTakes(claims, TestChannel.Bob);
    }

    [Fact]
    public void Each_node_takes_its_anchor_of_either_commitment()
    {
        var channel = CommitmentTransactionTests.WithHtlcs(CommitmentFormat.Anchors);
        ClaimableOutput alices = ClaimableOutputs.Anchor(channel.ByAlice)!, bobs = ClaimableOutputs.Anchor(channel.ByBob)!;
        Assert.NotEqual(alices.OutPoint, bobs.OutPoint);
        foreach (var (anchor, signer) in new[] { (alices, TestChannel.Alice), (bobs, TestChannel.Bob) })
        {
            var spending = new Transaction(2, [anchor.ToInput()], [new TxOut(Satoshi.Zero, ScriptTemplates.OpReturn([1]))], 0);
            Spending.AssertValid(spending.WithWitness(0, anchor.Witness(signer.SignClaim(anchor, spending, 0))), anchor.Output);
        }

        Assert.Null(ClaimableOutputs.Anchor(CommitmentTransactionTests.WithHtlcs(CommitmentFormat.StaticRemoteKey).ByAlice));
    }

    [Theory]
    [InlineData("static_remotekey")]
    [InlineData("anchors")]
    public void Who_lost_its_data_still_finds_its_balance(string format)
    {
        var channel = CommitmentTransactionTests.WithHtlcs(CommitmentFormat.Parse(format));
        var found = ClaimableOutputs.FindToRemote(channel.ByAlice.Transaction, CommitmentFormat.Parse(format), TestChannel.Bob.Basepoints.Payment);
        AssertTakes(found!, TestChannel.Bob);
        Assert.Null(ClaimableOutputs.FindToRemote(channel.ByAlice.Transaction, CommitmentFormat.Parse(format), TestChannel.Alice.Basepoints.Payment));
    }

    [Fact]
    public void A_secret_of_another_commitment_punishes_nobody()
    {
        var channel = CommitmentTransactionTests.WithHtlcs(CommitmentFormat.Anchors);
        Assert.Throws<ArgumentException>(() => ClaimableOutputs.OfRevokedCommitment(channel.ByBob, TestChannel.Alice.PerCommitmentSecret(TestChannel.CommitmentNumber + 1)));
        Assert.Throws<InvalidOperationException>(() => ClaimableOutputs.OfRevokedCommitment(channel.ByAlice, TestChannel.Alice.PerCommitmentSecret(TestChannel.CommitmentNumber)));
    }

    [Fact]
    public void A_claim_not_worth_its_fee_is_not_built()
    {
        var channel = CommitmentTransactionTests.WithHtlcs(CommitmentFormat.Anchors);
        Assert.False(ClaimTransaction.TryBuild([ClaimableOutputs.Anchor(channel.ByAlice)!], TestChannel.Destination, FeeratePerKw.Floor, out _));
    }

    private static void AssertTakes(ClaimableOutput claim, IChannelSigner signer) => AssertTakes([claim], signer);

    // Each alone, and all in one.
    private static void AssertTakes(ImmutableArray<ClaimableOutput> claims, IChannelSigner signer)
    {
        if (claims.IsEmpty) return;
        foreach (var some in claims.Select(claim => ImmutableArray.Create(claim)).Append(claims))
        {
            if (!ClaimTransaction.TryBuild(some, TestChannel.Destination, FeeratePerKw.Floor, out var claim)) continue;
            var signed = claim.Sign(signer);
            Spending.AssertValid(signed, [.. some.Select(output => output.Output)]);
            Assert.Equal(some.Max(output => output.LockTime), signed.LockTime);
            Assert.InRange(signed.Weight, ClaimTransaction.Weight(some, TestChannel.Destination) - (4 * some.Length), ClaimTransaction.Weight(some, TestChannel.Destination));
        }
    }
}
