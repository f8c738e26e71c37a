using Lightning.TestKit.Exploration;
using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>The end of a channel on chain, whoever published what (BOLT 5).</summary>
public class OnChainTests
{
    private readonly List<HtlcOrigin> _origins = [];

    public static TheoryData<bool> Formats { get; } = [true, false];

    [Theory]
    [MemberData(nameof(Formats))]
    public void After_an_error_of_the_peer_our_commitment_and_all_that_is_ours_in_it_can_be_spent(bool anchors)
    {
        var pair = WithHtlcs(anchors);
        // Bob knows the preimage of one of Alice's HTLCs, and cannot tell her any more.
        pair.Disconnect();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Connect();
        Hear(pair.Bob, new Error(pair.Bob.State.Id!.Value, "enough"));
        Assert.Equal(CloseReason.PeerError, Assert.IsType<Channels.States.Closing>(pair.Bob.State).Reason);
        var commitment = pair.Bob.Last<ChannelAction.Publish>().Transaction;
        Chain.Verify(commitment, pair.FundingTransaction!);
        pair.Bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(SpendKind.LocalCommitment, ((Channels.States.Closing)pair.Bob.State).Spend!.Kind);
        // What has a preimage at once, what is delayed or expires later when it may be mined. The outputs of the HTLC transactions are swept too, and then it is over.
        Assert.Equal([TransactionPurpose.HtlcSuccess], Claims(pair.Bob).Select(static one => one.Purpose));
        var claims = pair.Bob.MineAll();
        Assert.Equal(
            [TransactionPurpose.Sweep, TransactionPurpose.Sweep, TransactionPurpose.Sweep, TransactionPurpose.HtlcSuccess, TransactionPurpose.HtlcTimeout],
            Claims(pair.Bob).Select(static one => one.Purpose).Order());
        Assert.Equal(Claims(pair.Bob).Select(static one => one.Transaction), claims);
        var large = pair.Bob.Funded.Commitments.CurrentLocal(pair.Bob.Signer).Outputs;
        var ours = large.Where(static output => output.Kind == CommitmentOutputKind.ToLocal || output.Htlc is not null).Sum(static output => output.Output.Value.Value);
        Assert.Equal(3, commitment.SpentOf(claims).Count());
        Assert.InRange(pair.Bob.Swept(claims), ours - (anchors ? 1_500 : 5_000), ours - 1);
        Assert.IsType<Closed>(pair.Bob.State);
        Assert.Equal(StateDump.Of(pair.Bob.Replay()), StateDump.Of(pair.Bob.State));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_ours_in_the_peers_commitment_can_be_spent(bool anchors)
    {
        var pair = WithHtlcs(anchors);
        var commitment = Broadcastable(pair.Alice);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Disconnect();
        pair.Bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(SpendKind.RemoteCommitment, ((Channels.States.Closing)pair.Bob.State).Spend!.Kind);
        AssertClaimed(pair.Bob, commitment);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_ours_in_the_peers_next_commitment_can_be_spent(bool anchors)
    {
        var pair = WithHtlcs(anchors);
        // Bob signs, Alice has the signature and revokes; Bob does not hear of it.
        pair.Add(pair.Bob, 40_000_000, ChannelPair.Preimage(7));
        while (pair.Deliver(pair.Alice))
        {
        }

        var commitment = Broadcastable(pair.Alice);
        pair.Disconnect();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal(SpendKind.NextRemoteCommitment, ((Channels.States.Closing)pair.Bob.State).Spend!.Kind);
        var claims = pair.Bob.MineAll();
        // The peer's balance and the two anchors are not this node's.
        Assert.Equal(commitment.LargeOutputs().Count() - 1, commitment.SpentOf(claims).Count());
        Assert.Equal(2, claims.Where(static one => one.LockTime == 200).Sum(static one => one.Inputs.Length));
        Assert.IsType<Closed>(pair.Bob.State);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Everything_of_a_revoked_commitment_is_taken_also_when_another_one_replaces_it(bool anchors)
    {
        var pair = WithHtlcs(anchors);
        var first = Broadcastable(pair.Alice);
        pair.Add(pair.Alice, 45_000_000, ChannelPair.Preimage(8));
        pair.Run();
        var second = Broadcastable(pair.Alice);
        pair.Add(pair.Alice, 45_000_000, ChannelPair.Preimage(9));
        pair.Run();
        // In the mempool first, and replaced there by another revoked one.
        foreach (var revoked in (Transaction[])[first, second])
        {
            pair.Bob.Actions.Clear();
            pair.Bob.Do(new ChannelCommand.FundingSpent(revoked, 100));
            var closing = (Channels.States.Closing)pair.Bob.State;
            Assert.Equal(SpendKind.RevokedCommitment, closing.Spend!.Kind);
            var number = pair.Bob.Last<ChannelAction.FindRevokedCommitment>().CommitmentNumber;
            pair.Bob.Do(new ChannelCommand.RevokedCommitmentFound(number, RevokedCommitments.Find(pair.Bob.Journal, number)!));
            var claims = Claims(pair.Bob);
            foreach (var claim in claims) Chain.Verify(claim.Transaction, revoked);
            // All but the anchors and what is dust.
            Assert.Equal(revoked.LargeOutputs(), revoked.SpentOf(claims.Select(static one => one.Transaction)));
        }

        var mined = pair.Bob.MineAll();
        Assert.Equal(second.LargeOutputs(), second.SpentOf(mined));
        Assert.Equal(second.Outputs.Where(static output => output.Value.Value > 330).Sum(static output => output.Value.Value) - mined.Sum(one => Fee(one, second)), pair.Bob.Swept(mined));
        Assert.Equal(CloseReason.PeerCheated, Assert.IsType<Closed>(pair.Bob.State).Reason);
    }

    [Fact]
    public void An_htlc_transaction_of_a_cheater_is_taken_from_it()
    {
        var pair = WithHtlcs(anchors: true);
        var thief = pair.Alice.State;
        var revoked = Broadcastable(pair.Alice);
        pair.Add(pair.Alice, 45_000_000, ChannelPair.Preimage(8));
        pair.Run();
        pair.Disconnect();
        pair.Alice.State = thief;
        pair.Alice.Actions.Clear();
        pair.Alice.Do(new ChannelCommand.FundingSpent(revoked, 100));
        pair.Alice.Reach(200);
        var timeout = Assert.Single(pair.Alice.Published(TransactionPurpose.HtlcTimeout));
        Chain.Verify(timeout, revoked, pair.Alice.Coins);
        pair.Bob.Do(new ChannelCommand.FundingSpent(revoked, 100));
        var number = pair.Bob.Last<ChannelAction.FindRevokedCommitment>().CommitmentNumber;
        pair.Bob.Do(new ChannelCommand.RevokedCommitmentFound(number, RevokedCommitments.Find(pair.Bob.Journal, number)!));
        pair.Bob.Actions.Clear();
        pair.Bob.Height = 201;
        pair.Bob.Do(new ChannelCommand.OutputSpent(timeout, 201));
        var claims = Claims(pair.Bob);
        Assert.Equal(0u, Assert.Single(timeout.SpentOf(claims.Select(static one => one.Transaction))));
        var mined = pair.Bob.MineAll();
        // All that is left of the commitment, and what the cheater had taken.
        Assert.Equal(revoked.LargeOutputs().Except(revoked.SpentOf([timeout])), revoked.SpentOf(mined));
        Assert.Equal([0u], timeout.SpentOf(mined));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_preimage_on_chain_goes_up_at_once_whichever_commitment_it_is_on(int which)
    {
        var pair = WithHtlcs(anchors: true);
        var (alice, bob) = (pair.Alice, pair.Bob);
        if (which == 2)
        {
            pair.Add(alice, 40_000_000, ChannelPair.Preimage(7));
            while (pair.Deliver(bob))
            {
            }
        }

        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Disconnect();
        // Alice offered the HTLC; Bob takes it on chain.
        var commitment = Broadcastable(which == 0 ? alice : bob);
        bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var taken = Claims(bob).Single(static one => one.Purpose == TransactionPurpose.HtlcSuccess).Transaction;
        alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        Assert.Equal((SpendKind)(which + 1), ((Channels.States.Closing)alice.State).Spend!.Kind);
        var decision = alice.Do(new ChannelCommand.OutputSpent(taken, 100));
        var fulfilled = Assert.IsType<ChannelAction.HtlcFulfilled>(Assert.Single(decision.AtOnce));
        Assert.Equal(_origins[0], fulfilled.Origin);
        Assert.Equal(ChannelPair.Preimage(1), fulfilled.Preimage);
        // It stays known after a restart, and is never failed.
        alice.Fulfilled.Clear();
        alice.Restart();
        Assert.Equal(ChannelPair.Preimage(1), alice.Fulfilled[_origins[0]]);
        alice.Bury(commitment);
        alice.Bury(taken);
        Assert.False(alice.Failed.ContainsKey(_origins[0]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_htlc_without_an_output_in_any_valid_commitment_fails_with_the_first_confirmation_and_never_when_its_preimage_is_known(bool known)
    {
        var pair = ChannelPair.Open();
        var (alice, bob) = (pair.Alice, pair.Bob);
        // Too small for an output of its own.
        var origin = pair.Add(alice, 200_000, ChannelPair.Preimage(1));
        pair.Run();
        if (known)
        {
            bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
            // The preimage arrives, the commitment_signed behind it does not.
            pair.Deliver(alice);
        }

        pair.Disconnect();
        var ours = CloseByError(pair);
        Assert.False(alice.Failed.ContainsKey(origin));
        alice.Do(new ChannelCommand.FundingSpent(ours, 100));
        Assert.Equal(SpendKind.LocalCommitment, Assert.IsType<Channels.States.Closing>(alice.State).Spend!.Kind);
        Assert.Equal(!known, alice.Failed.ContainsKey(origin));
        alice.Restart();
        alice.Bury(ours);
        Assert.Equal(!known, alice.Failed.ContainsKey(origin));
        Assert.Equal(known, alice.Fulfilled.ContainsKey(origin));
    }

    [Fact]
    public void An_htlc_missing_from_our_confirmed_commitment_and_not_from_the_peers_fails_only_once_that_is_final()
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        // Bob has the signature of a commitment with it; alice's own has it not yet.
        var origin = pair.Add(alice, 20_000_000, ChannelPair.Preimage(1));
        pair.DeliverAll(pair.Bob);
        pair.Disconnect();
        var ours = CloseByError(pair);
        alice.Do(new ChannelCommand.FundingSpent(ours, 100));
        alice.Height = 104;
        alice.Do(new ChannelCommand.NewBlock());
        Assert.False(alice.Failed.ContainsKey(origin));
        alice.Restart();
        alice.Height = 105;
        alice.Do(new ChannelCommand.NewBlock());
        Assert.IsType<HtlcFailure.OnChain>(alice.Failed[origin]);
    }

    [Fact]
    public void Two_htlcs_of_one_hash_and_amount_are_not_confused()
    {
        var pair = ChannelPair.Open();
        var preimage = ChannelPair.Preimage(1);
        var first = pair.Add(pair.Alice, 20_000_000, preimage, expiry: 200);
        var second = pair.Add(pair.Alice, 20_000_000, preimage, expiry: 200);
        pair.Run();
        pair.Disconnect();
        var commitment = Broadcastable(pair.Alice);
        pair.Alice.Do(new ChannelCommand.FundingSpent(commitment, 100));
        pair.Alice.Reach(200);
        var both = Assert.Single(pair.Alice.Published(TransactionPurpose.HtlcTimeout));
        Assert.Equal(2, commitment.SpentOf([both]).Count());
        // Bob takes one of them, as slow as he is with the other.
        var theirs = ClaimableOutputs.OfRemoteCommitment(
            pair.Bob.Funded.Commitments.Remote(pair.Bob.Funded.Commitments.Latest, pair.Bob.Funded.Commitments.Latest.RemoteSpec, pair.Bob.Funded.Commitments.RemoteNumber, pair.Bob.Funded.Commitments.RemotePoint),
            new Dictionary<PaymentHash, PaymentPreimage> { [preimage.Hash] = preimage });
        Assert.True(ClaimTransaction.TryBuild([theirs.First(static one => one.Kind == ClaimKind.HtlcPreimage)], pair.Bob.ShutdownScript, new FeeratePerKw(1_000), out var claim));
        var taken = claim.Sign(pair.Bob.Signer);
        Chain.Verify(taken, commitment);
        pair.Alice.Height = 201;
        pair.Alice.Do(new ChannelCommand.OutputSpent(taken, 201));
        // The other is taken by itself, at once.
        var rest = pair.Alice.Published(TransactionPurpose.HtlcTimeout)[^1];
        Assert.Equal(commitment.SpentOf([both]).Except(commitment.SpentOf([taken])), commitment.SpentOf([rest]));
        pair.Alice.Bury(rest);
        // One was paid, one was not.
        Assert.Single([first, second], pair.Alice.Fulfilled.ContainsKey);
        Assert.Single([first, second], pair.Alice.Failed.ContainsKey);
    }

    [Fact]
    public void Htlcs_of_a_revoked_commitment_that_is_rebuilt_late_still_fail()
    {
        var pair = ChannelPair.Open();
        var revoked = Broadcastable(pair.Bob);
        var origin = pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Alice.Do(new ChannelCommand.FundingSpent(revoked, 100));
        pair.Alice.Bury(revoked);
        Assert.False(pair.Alice.Failed.ContainsKey(origin));
        var number = pair.Alice.Last<ChannelAction.FindRevokedCommitment>().CommitmentNumber;
        pair.Alice.Do(new ChannelCommand.RevokedCommitmentFound(number, RevokedCommitments.Find(pair.Alice.Journal, number)!));
        Assert.IsType<HtlcFailure.OnChain>(pair.Alice.Failed[origin]);
        Settle(pair.Alice, revoked, Claims(pair.Alice));
        Assert.IsType<Closed>(pair.Alice.State);
    }

    /// <summary>Alice offers Bob one HTLC above dust and one below, Bob offers her one.</summary>
    private ChannelPair WithHtlcs(bool anchors)
    {
        var pair = ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);
        _origins.Add(pair.Add(pair.Alice, 30_000_000, ChannelPair.Preimage(1)));
        _origins.Add(pair.Add(pair.Alice, 200_000, ChannelPair.Preimage(2)));
        _origins.Add(pair.Add(pair.Bob, 20_000_000, ChannelPair.Preimage(3)));
        pair.Run();
        return pair;
    }

    // Bob's error: alice publishes her commitment.
    private static Transaction CloseByError(ChannelPair pair)
    {
        pair.Connect();
        Hear(pair.Alice, new Error(pair.Alice.State.Id!.Value, "enough"));
        var ours = pair.Alice.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.Restart();
        return ours;
    }

    private static Transaction Broadcastable(ChannelNode node) => node.Funded.Commitments.Broadcastable(node.Signer)!;

    private static ImmutableArray<ChannelAction.Publish> Claims(ChannelNode node) =>
        [.. node.Actions.OfType<ChannelAction.Publish>().Where(static one => one.Purpose is not (TransactionPurpose.Funding or TransactionPurpose.Commitment or TransactionPurpose.MutualClose)).DistinctBy(static one => one.Transaction.TxId)];

    private static void AssertClaimed(ChannelNode node, Transaction commitment)
    {
        var claims = Claims(node);
        foreach (var claim in claims) Chain.Verify(claim.Transaction, commitment);
        Assert.Equal([TransactionPurpose.Sweep, TransactionPurpose.HtlcSuccess], claims.Select(static one => one.Purpose).Order());
        var mined = node.MineAll();
        Assert.Equal(200u, mined[^1].LockTime);
        Assert.Equal([TransactionPurpose.Sweep, TransactionPurpose.HtlcSuccess, TransactionPurpose.HtlcTimeout], Claims(node).Select(static one => one.Purpose).Order());
        // The peer's balance is not this node's.
        Assert.Equal(commitment.LargeOutputs().Count() - 1, commitment.SpentOf(mined).Count());
        Assert.IsType<Closed>(node.State);
    }

    private static long Fee(Transaction transaction, Transaction parent) =>
        transaction.Inputs.Sum(input => parent.Outputs[(int)input.PreviousOutput.Index].Value.Value) - transaction.OutputValue.Value;

    private static void Settle(ChannelNode node, Transaction commitment, IEnumerable<ChannelAction.Publish> claims)
    {
        node.Bury(commitment);
        foreach (var claim in claims)
        {
            node.Bury(claim.Transaction);
        }
    }

    private static void Hear(ChannelNode node, params LightningMessage[] messages) => node.Do(new ChannelCommand.PeerMessages(node.Connection!.Value, [.. messages]));
}
