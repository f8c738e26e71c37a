using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Formats;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

/// <summary>Random markets, blocks, rivals, restarts and empty wallets: whatever happens, what the peer does not take in time is this node's.</summary>
public sealed class ClaimExplorationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_what_the_peer_does_not_take_is_taken_within_the_budget(int kind)
    {
        for (var seed = 0; seed < Seeds; seed++) Explore(kind, seed);
    }

    [Fact]
    public void A_coin_that_other_claims_have_by_now_is_not_asked_for_again() => Explore(kind: 3, seed: 119);

    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_CLAIMS"), out var seeds) ? seeds : 12;

    private static void Explore(int kind, int seed)
    {
        var random = new Random((kind * 1_000_003) + seed);
        var htlcs = Enumerable.Range(0, random.Next(1, 9)).Select(id => new CommittedHtlc(
            random.Next(2) == 0 ? HtlcDirection.Offered : HtlcDirection.Received, (ulong)id, (random.Next(5_000, 200_000) * 1_000L).Msat(), TestChannel.Preimage((ulong)random.Next(4)).Hash, (uint)random.Next(5, 60))).ToArray();
        var format = random.Next(4) == 0 && kind != 3 ? CommitmentFormat.StaticRemoteKey : CommitmentFormat.Anchors;
        var bench = kind switch
        {
            0 or 3 => ClaimBench.Ours(format, kind == 3 ? 253u : 2_000u, htlcs),
            1 => ClaimBench.Theirs(format, htlcs),
            _ => ClaimBench.Revoked(format, htlcs),
        };
        var isOurs = kind is 0 or 3;
        if (random.Next(3) > 0) bench.Deposit([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (long)random.Next(5_000, 300_000))]);
        foreach (var htlc in htlcs)
        {
            if ((htlc.Direction == HtlcDirection.Received) == isOurs && random.Next(2) == 0) bench.Preimages[htlc.Id] = TestChannel.Preimages[htlc.PaymentHash];
            if ((htlc.Direction == HtlcDirection.Offered) == isOurs && random.Next(2) == 0) bench.IncomingExpiries[htlc.Id] = bench.Start + htlc.CltvExpiry + (uint)random.Next(10, 60);
        }

        try
        {
            if (kind == 3) Wait(bench, random);
            bench.Confirm();
            for (var step = 0; step < 60; step++) Step(bench, random, htlcs, isOurs);
            Finish(bench, htlcs, isOurs);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"Kind {kind}, seed {seed}: {e.Message}", e);
        }
    }

    // The commitment does not get into a block at once.
    private static void Wait(ClaimBench bench, Random random)
    {
        for (var i = random.Next(4); i > 0; i--)
        {
            Market(bench, random);
            bench.MineEmpty();
            Assert.All(bench.Published, attempt => Assert.Equal(TransactionPurpose.Anchor, attempt.Purpose));
        }
    }

    private static void Step(ClaimBench bench, Random random, CommittedHtlc[] htlcs, bool isOurs)
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                bench.MineBlocks();
                break;
            case 2 or 3:
                bench.MineEmpty();
                break;
            case 4:
                Market(bench, random);
                bench.Proceed();
                break;
            case 5:
                bench.Restart();
                bench.Proceed();
                break;
            case 6:
                bench.IsOffline = !bench.IsOffline;
                bench.Proceed();
                break;
            case 7:
                var htlc = htlcs[random.Next(htlcs.Length)];
                if (PeerTakes(bench, htlc, isOurs, random) is not { } rival) break;
                // Into a block, or into the mempool, from where it may go again.
                if (random.Next(2) == 0 && !bench.Chain.Broadcast(rival).IsKnown) break;
                if (random.Next(2) == 0) bench.MineForeign(rival);
                else bench.Chain.Forget(rival.TxId);
                break;
            default:
                var late = htlcs[random.Next(htlcs.Length)];
                if ((late.Direction == HtlcDirection.Received) == isOurs) bench.Preimages[late.Id] = TestChannel.Preimages[late.PaymentHash];
                bench.Proceed();
                break;
        }
    }

    private static Transaction? PeerTakes(ClaimBench bench, CommittedHtlc htlc, bool isOurs, Random random)
    {
        var outPoint = bench.OutPointOf(htlc.Direction, htlc.Id);
        if (outPoint.Index == uint.MaxValue || bench.SpendOf(outPoint) is not null) return null;
        if (isOurs) return htlc.Direction == HtlcDirection.Offered ? bench.PeerTakes(new((uint)random.Next(300, 10_000)), htlc.Id) : null;
        return htlc.Direction == HtlcDirection.Offered && bench.Height >= bench.Start + htlc.CltvExpiry ? bench.AliceTimesOut(htlc.Id) : null;
    }

    private static void Market(ClaimBench bench, Random random)
    {
        uint minimum = (uint)random.Next(253, 3_000), slow = minimum + (uint)random.Next(2_000), medium = slow + (uint)random.Next(3_000), fast = medium + (uint)random.Next(5_000);
        bench.Chain.MinFeerate = new(minimum);
        bench.Fees = new(new(minimum), new(fast), new(medium), new(fast + (uint)random.Next(10_000))) { Slow = new(slow) };
    }

    // Calm days, coins enough: all that is left comes in.
    private static void Finish(ClaimBench bench, CommittedHtlc[] htlcs, bool isOurs)
    {
        bench.IsOffline = false;
        bench.Chain.MinFeerate = new(250);
        bench.Fees = new(new(253), new(300), new(300), new(300)) { Slow = new(253) };
        bench.Deposit([.. Enumerable.Range(0, 8).Select(_ => 200_000L)]);
        for (var i = 0; i < 220; i++) bench.MineBlocks();
        Assert.Empty(bench.Claims());
        // What is left are those that were mined, and coins are held by no others.
        Assert.All(bench.Attempts, attempt => Assert.True(bench.Chain.Confirmations(attempt.Transaction.TxId) > 0));
        Assert.Equal(bench.Attempts.Where(static attempt => !attempt.Coins.IsEmpty).Select(static attempt => attempt.Number), bench.Wallet.Locked);
        Assert.Distinct(bench.Published.Select(attempt => attempt.Number));
        foreach (var attempt in bench.Published)
        {
            if (attempt.Purpose is TransactionPurpose.Anchor) Assert.True(attempt.Fee <= bench.Config.ClaimBudget.AnchorFeeCap);
            Assert.True(attempt.Fee >= Satoshi.Zero);
        }

        // Of each HTLC that it may have, the node has the money, unless the peer was faster.
        foreach (var htlc in htlcs)
        {
            var outPoint = bench.OutPointOf(htlc.Direction, htlc.Id);
            if (outPoint.Index == uint.MaxValue) continue;
            var isOwn = bench.IsRevokedCommitment || (htlc.Direction == HtlcDirection.Offered) == isOurs || bench.Preimages.ContainsKey(htlc.Id);
            Assert.True(!isOwn || bench.SpendOf(outPoint) is not null, $"HTLC {htlc.Id} is left.");
        }
    }
}
