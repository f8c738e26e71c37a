using Lightning.TestKit.Exploration;
using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
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
        var claims = Claims(pair.Bob);
        foreach (var claim in claims) Chain.Verify(claim.Transaction, commitment);
        Assert.Equal(
            [TransactionPurpose.Sweep, TransactionPurpose.HtlcSuccess, TransactionPurpose.HtlcTimeout],
            claims.Select(static one => one.Purpose).Order());
        Settle(pair.Bob, commitment, claims);
        // The outputs of the HTLC transactions are swept too, and then it is over.
        var sweeps = Claims(pair.Bob).Where(one => !claims.Contains(one)).ToList();
        Assert.Equal(2, sweeps.Count);
        foreach (var sweep in sweeps) Chain.Verify(sweep.Transaction, [.. claims.Select(static one => one.Transaction)]);
        Settle(pair.Bob, commitment, sweeps);
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
        foreach (var claim in Claims(pair.Bob)) Chain.Verify(claim.Transaction, commitment);
        Assert.Equal(2, Claims(pair.Bob).Count(static one => one.Purpose == TransactionPurpose.HtlcTimeout));
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
            Assert.Equal(revoked.Outputs.Count(static output => output.Value.Value > 330), claims.Length);
        }

        Settle(pair.Bob, second, Claims(pair.Bob));
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
        var timeout = Claims(pair.Alice).First(static one => one.Purpose == TransactionPurpose.HtlcTimeout).Transaction;
        pair.Bob.Do(new ChannelCommand.FundingSpent(revoked, 100));
        var number = pair.Bob.Last<ChannelAction.FindRevokedCommitment>().CommitmentNumber;
        pair.Bob.Do(new ChannelCommand.RevokedCommitmentFound(number, RevokedCommitments.Find(pair.Bob.Journal, number)!));
        pair.Bob.Actions.Clear();
        pair.Bob.Do(new ChannelCommand.OutputSpent(timeout, 100));
        pair.Bob.Bury(revoked);
        pair.Bob.Bury(timeout);
        Chain.Verify(Assert.Single(Claims(pair.Bob)).Transaction, timeout);
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
        var timeouts = Claims(pair.Alice).Where(static one => one.Purpose == TransactionPurpose.HtlcTimeout).Select(static one => one.Transaction).ToList();
        Assert.Equal(2, timeouts.DistinctBy(static one => one.Inputs[0].PreviousOutput).Count());
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, preimage));
        pair.Bob.Do(new ChannelCommand.FundingSpent(commitment, 100));
        var taken = Claims(pair.Bob).Where(static one => one.Purpose == TransactionPurpose.HtlcSuccess).Select(static one => one.Transaction).First();
        pair.Alice.Bury(commitment);
        pair.Alice.Do(new ChannelCommand.OutputSpent(taken, 100));
        pair.Alice.Bury(taken);
        pair.Alice.Bury(timeouts.Single(one => one.Inputs[0].PreviousOutput != taken.Inputs[0].PreviousOutput));
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
        Assert.Equal([TransactionPurpose.Sweep, TransactionPurpose.HtlcSuccess, TransactionPurpose.HtlcTimeout], claims.Select(static one => one.Purpose).Order());
        Settle(node, commitment, claims);
        Assert.IsType<Closed>(node.State);
    }

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
