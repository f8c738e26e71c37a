using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Formats;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

/// <summary>What claims of other nodes have lost money by.</summary>
public sealed class ClaimKnownFailuresTests
{
    [Fact]
    public void Forty_batched_timeouts_double_spent_one_by_one_keep_their_fees_and_are_batched_again_at_once()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, [.. Enumerable.Range(0, 40).Select(id => ClaimBench.Offered((ulong)id, 20_000 + id, 10))]);
        bench.Deposit(500_000, 500_000);
        bench.Confirm();
        // The market is dear when they expire, and cheap when the peer begins.
        bench.Fees = new(new(253), new(6_000), new(6_000), new(6_000)) { Slow = new(6_000) };
        bench.SkipTo(10);
        Assert.Equal(40, OwnInputs(bench.Attempts.Single()));
        bench.Fees = new(new(253), new(253), new(253), new(253)) { Slow = new(253) };
        for (var id = 0ul; id < 40; id++)
        {
            // In each block the peer takes one.
            bench.MineForeign(bench.PeerTakes(new(2_000), id));
            if (id == 39) break;
            var left = Assert.Single(bench.Attempts, attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout);
            Assert.Equal(39 - (int)id, OwnInputs(left));
            Assert.Equal(bench.Height, left.BlockHeight);
            Assert.Equal(PublishOutcome.Taken, bench.InFlight.Outcomes[left.Transaction.TxId]);
        }

        ClaimPlannerTests.AssertNeverCheaper(bench);
        Assert.All(bench.Published.Where(attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout), attempt => Assert.True(attempt.Fee.Value <= OwnInputs(attempt) * 20_000L));
        Assert.DoesNotContain(bench.Attempts, attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout);
        Assert.Empty(bench.Wallet.Locked);
    }

    [Fact]
    public void Replacement_cycling_is_answered_in_every_block_and_costs_the_peer_more_and_more()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 400_000, 10));
        bench.Deposit(300_000, 300_000, 300_000);
        bench.IncomingExpiries[0] = bench.Start + 10 + 3 + 24;
        bench.Confirm();
        bench.SkipTo(10);
        var rates = new List<uint>();
        var cycles = 0;
        while (bench.SpendOf(bench.OutPointOf(HtlcDirection.Offered, 0)) is null && bench.Height < bench.Start + 34)
        {
            var ours = bench.Chain.FindSpender(bench.OutPointOf(HtlcDirection.Offered, 0));
            Assert.NotNull(ours);
            var paid = bench.Published[^1].Feerate.Value;
            rates.Add(paid);
            // The peer throws ours out with its preimage, and that with a replacement of another input: the HTLC is in nobody's transaction.
            var cycle = bench.PeerTakes(new((paid * 2) + 2_000), 0);
            Assert.True(bench.Chain.Broadcast(cycle).IsKnown);
            bench.Chain.Forget(cycle.TxId);
            cycles++;
            bench.MineEmpty();
        }

        // At the deadline it has offered as much as the HTLC allows; in each block it was there again.
        Assert.True(cycles >= 20);
        Assert.Equal(rates.Order(), rates);
        Assert.True(rates[^1] > 20 * rates[0], string.Join(' ', rates));
        Assert.All(bench.Published, attempt => Assert.True(attempt.Fee.Value <= 400_000 * 95 / 100));
        bench.MineBlocks();
        Assert.Equal(bench.Published[^1].Transaction.TxId, bench.SpendOf(bench.OutPointOf(HtlcDirection.Offered, 0))!.Transaction.TxId);
    }

    [Fact]
    public void One_foreign_transaction_that_conflicts_with_several_claims_takes_none_of_the_rest_with_it()
    {
        // Two batches by two expiries; the peer takes one HTLC of each in one transaction.
        var bench = ClaimBench.Ours(
            CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 10), ClaimBench.Offered(1, 51_000, 10, 1), ClaimBench.Offered(2, 52_000, 11, 2), ClaimBench.Offered(3, 53_000, 11, 3));
        bench.Deposit(40_000, 40_000, 40_000, 40_000);
        bench.Confirm();
        bench.SkipTo(11);
        Assert.Equal([2, 2], bench.Attempts.Select(OwnInputs));
        var foreign = bench.PeerTakes(new(3_000), 1, 2);
        bench.MineForeign(foreign);
        Assert.Equal([1, 1], bench.Attempts.Select(OwnInputs));
        Assert.Equal([0ul, 3ul], bench.Attempts.SelectMany(attempt => attempt.Transaction.Inputs).Select(HtlcOf).OfType<ulong>().Order());
        ClaimPlannerTests.AssertNeverCheaper(bench);
        bench.MineBlocks();
        foreach (var id in new[] { 0ul, 3ul }) Assert.Contains(bench.Published, attempt => attempt.Transaction.TxId == bench.SpendOf(bench.OutPointOf(HtlcDirection.Offered, id))!.Transaction.TxId);

        ulong? HtlcOf(TxIn input) => input.PreviousOutput.TxId == bench.Signed.TxId ? bench.ByAlice.Outputs[(int)input.PreviousOutput.Index].Htlc?.Id : null;
    }

    [Fact]
    public void A_rival_in_the_mempool_is_outbid_alone_and_the_rest_goes_its_way()
    {
        var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, [.. Enumerable.Range(0, 3).Select(id => ClaimBench.Received((ulong)id, 100_000, 10, (ulong)id))]);
        bench.Confirm();
        bench.IsOffline = true;
        bench.SkipTo(10);
        // Alice has the preimage of one: her HTLC-success is in the mempool first, and pays well.
        var success = bench.AliceSucceeds(1, new(3_000));
        Assert.True(bench.Chain.Broadcast(success).IsKnown);
        bench.IsOffline = false;
        bench.MineEmpty();
        bench.MineEmpty();
        var held = bench.Attempts.Where(attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout).ToList();
        Assert.Equal([1, 2], held.Select(attempt => attempt.Transaction.Inputs.Length).Order());
        Assert.Contains(held, attempt => attempt.Transaction.Inputs.Length == 2 && bench.InFlight.Outcomes[attempt.Transaction.TxId] == PublishOutcome.Taken);
        for (var i = 0; i < 30 && success.Equals(bench.Chain.FindSpender(bench.OutPointOf(HtlcDirection.Received, 1))); i++) bench.MineEmpty();
        Assert.Contains(bench.Published, attempt => attempt.Transaction.Equals(bench.Chain.FindSpender(bench.OutPointOf(HtlcDirection.Received, 1))));
        ClaimPlannerTests.AssertNeverCheaper(bench);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Equal_HTLCs_of_one_commitment_are_not_confused(bool ours)
    {
        // Of one hash and amount; two of one expiry, which differ in nothing but their index.
        var htlcs = new[] { (0ul, 10u), (1ul, 10u), (2ul, 12u) }
            .Select(one => ours ? ClaimBench.Offered(one.Item1, 50_000, one.Item2) : ClaimBench.Received(one.Item1, 50_000, one.Item2)).ToArray();
        var bench = ours ? ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, htlcs) : ClaimBench.Theirs(CommitmentFormat.Anchors, htlcs);
        bench.Deposit(40_000, 40_000);
        bench.Confirm();
        bench.SkipTo(12);
        ClaimPlannerTests.AssertNeverRefused(bench);
        bench.MineBlocks();
        Assert.All(htlcs, htlc => Assert.NotNull(bench.SpendOf(bench.OutPointOf(htlc.Direction, htlc.Id))));

        // Two incoming ones, of which only one is fulfilled.
        var incoming = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Received(4, 50_000, 60), ClaimBench.Received(5, 50_000, 60));
        incoming.Deposit(40_000);
        incoming.Preimages[5] = TestChannel.Preimage(0);
        incoming.Confirm();
        incoming.MineBlocks();
        Assert.Null(incoming.SpendOf(incoming.OutPointOf(HtlcDirection.Received, 4)));
        Assert.NotNull(incoming.SpendOf(incoming.OutPointOf(HtlcDirection.Received, 5)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_preimage_learned_after_some_HTLCs_were_claimed_still_claims_the_others(bool ours)
    {
        var htlcs = new[] { (0ul, 1ul), (1ul, 2ul), (2ul, 3ul) }.Select(one => ours ? ClaimBench.Received(one.Item1, 50_000, 200, one.Item2) : ClaimBench.Offered(one.Item1, 50_000, 200, one.Item2)).ToArray();
        var bench = ours ? ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, htlcs) : ClaimBench.Theirs(CommitmentFormat.Anchors, htlcs);
        bench.Deposit(40_000, 40_000, 40_000);
        bench.Preimages[0] = TestChannel.Preimage(1);
        bench.Confirm();
        bench.MineBlocks();
        Assert.NotNull(bench.SpendOf(bench.OutPointOf(htlcs[0].Direction, 0)));
        bench.Preimages[1] = TestChannel.Preimage(2);
        bench.Proceed();
        // While that waits, the next one comes.
        bench.Preimages[2] = TestChannel.Preimage(3);
        bench.Proceed();
        ClaimPlannerTests.AssertNeverRefused(bench);
        bench.MineBlocks();
        Assert.All(htlcs, htlc => Assert.NotNull(bench.SpendOf(bench.OutPointOf(htlc.Direction, htlc.Id))));
    }

    private static int OwnInputs(ClaimAttempt attempt) => attempt.Transaction.Inputs.Length - attempt.Coins.Count;
}
