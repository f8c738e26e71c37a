using System.Collections.Immutable;
using CsCheck;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Fees;
using Lightning.Channels.Formats;
using Lightning.Channels.Parameters;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

public sealed class ClaimPlannerTests
{
    private static long Iterations => long.TryParse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_CLAIMS"), out var iterations) ? iterations : 12;

    [Fact]
    public void Nobody_waits_for_what_the_planner_does_not_take_at_the_least_fee_either()
    {
        foreach (var ours in (ReadOnlySpan<bool>)[true, false])
        {
            for (var sat = 550; sat < 1_300; sat += 50)
            {
                var bench = ours ? ClaimBench.Ours(CommitmentFormat.Anchors, 253, ClaimBench.Received(1, sat, 300)) : ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Offered(1, sat, 300));
                bench.Preimages[1] = TestChannel.Preimage(0);
                bench.Fees = new(new(253), new(253), new(253), new(253));
                bench.Deposit(500_000);
                bench.Confirm();
                var claim = Assert.Single(bench.Claims(), static claim => claim.Purpose == ClaimPurpose.HtlcSuccess);
                var taken = bench.Published.Any(attempt => attempt.Transaction.Inputs.Any(input => input.PreviousOutput == claim.OutPoint));
                Assert.Equal(taken, ClaimPlanner.CanPay(new ClaimBatch([claim]), bench.Wallet.SweepScript, new ChannelEnvironment(bench.Height, DateTimeOffset.UnixEpoch, bench.Fees, bench.Config)));
                Assert.Equal(sat > 550 || !ours, taken);
            }
        }
    }

    [Fact]
    public void What_a_claim_leaves_is_never_dust()
    {
        for (var feerate = 400u; feerate < 470; feerate++)
        {
            var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Offered(1, 546, 30));
            bench.Preimages[1] = TestChannel.Preimage(0);
            bench.Fees = new(new(253), new(feerate), new(feerate), new(feerate));
            bench.Confirm();
            Assert.All(bench.Published, attempt => Assert.True(attempt.Transaction.OutputValue >= DustThreshold.Of(bench.Wallet.SweepScript), $"{attempt.Transaction.OutputValue} at {feerate}"));
            AssertNeverRefused(bench);
        }
    }

    [Fact]
    public void HTLCs_of_one_expiry_go_together_and_their_fee_comes_from_the_wallet()
    {
        var bench = ClaimBench.Ours(
            CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 40), ClaimBench.Offered(1, 60_000, 40), ClaimBench.Offered(2, 70_000, 41), ClaimBench.Received(0, 80_000, 60, 1), ClaimBench.Received(1, 90_000, 60, 2));
        bench.Deposit(50_000, 60_000, 70_000, 80_000);
        bench.Preimages[0] = TestChannel.Preimage(1);
        bench.Confirm();

        // What has its preimage goes at once, the rest when it is expired and not a block before.
        var success = Assert.Single(bench.Published, attempt => attempt.Purpose == TransactionPurpose.HtlcSuccess);
        Assert.Equal(bench.OutPointOf(HtlcDirection.Received, 0), success.Transaction.Inputs[0].PreviousOutput);
        bench.SkipTo(39);
        Assert.DoesNotContain(bench.Published, attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout);
        bench.SkipTo(40);
        var timeout = Assert.Single(bench.Published, attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout);
        Assert.Equal(2, timeout.Transaction.Inputs.Length - timeout.Coins.Count);
        Assert.NotEmpty(timeout.Coins);
        bench.SkipTo(41);
        Assert.Equal([1, 2], bench.Published.Where(attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout).Select(attempt => attempt.Transaction.Inputs.Length - attempt.Coins.Count).Order());
        AssertNeverRefused(bench);

        // The second stage comes back after the delay, in one transaction, to the wallet's script.
        bench.MineBlocks();
        bench.SkipTo(41 + 144);
        bench.MineBlocks(3);
        Assert.Equal(4, bench.Published.Where(attempt => attempt.Purpose == TransactionPurpose.Sweep && bench.Chain.Confirmations(attempt.Transaction.TxId) > 0).Sum(attempt => attempt.Transaction.Inputs.Length) - 1);
        Assert.All(bench.Published.Where(attempt => attempt.Purpose == TransactionPurpose.Sweep), attempt => Assert.Equal(bench.Wallet.SweepScript, Assert.Single(attempt.Transaction.Outputs).ScriptPubKey));
        // The last HTLC has no preimage.
        Assert.DoesNotContain(bench.Published, attempt => attempt.Transaction.Inputs.Any(input => input.PreviousOutput == bench.OutPointOf(HtlcDirection.Received, 1)));
    }

    [Fact]
    public void What_is_mined_keeps_its_number_and_its_coins_for_a_reorganisation_however_deep()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 10));
        bench.Deposit(50_000);
        bench.Confirm();
        bench.SkipTo(10);
        bench.MineBlocks();
        bench.SkipTo(11 + 100);
        Assert.Equal(bench.SpendOf(bench.OutPointOf(HtlcDirection.Offered, 0))!.Transaction, Assert.Single(bench.Attempts).Transaction);
        Assert.Equal([bench.Attempts[0].Number], bench.Wallet.Locked);
    }

    [Fact]
    public void What_another_took_is_given_up_at_once_and_its_coins_are_free()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 10));
        bench.Deposit(50_000);
        bench.Confirm();
        bench.SkipTo(10);
        Assert.NotEmpty(bench.Wallet.Locked);
        bench.MineForeign(bench.PeerTakes(new(2_000), 0));
        Assert.Empty(bench.Attempts);
        Assert.Empty(bench.Wallet.Locked);
    }

    [Fact]
    public void Without_coins_nothing_is_claimed_that_needs_them_and_it_is_tried_again_with_the_next_block()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 10));
        bench.Confirm();
        bench.SkipTo(10);
        Assert.Empty(bench.Published);
        Assert.True(Assert.Single(bench.InFlight.Requests).IsRefused);
        bench.Deposit(50_000);
        bench.Proceed();
        Assert.Single(bench.Published);
        AssertNeverRefused(bench);
    }

    [Fact]
    public void The_wallets_answer_is_signed_only_where_it_is_what_was_asked_for()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 10));
        bench.Confirm();
        bench.SkipTo(10);
        bench.Deposit(50_000);
        var environment = new Parameters.ChannelEnvironment(bench.Height, default, bench.Fees, bench.Config);
        var fund = Assert.IsType<ClaimStep.Fund>(ClaimPlanner.Plan(bench.Situation(), environment, TestChannel.Alice)[^1]);
        bench.InFlight = bench.InFlight.After(fund);
        var good = Assert.IsType<ChannelCommand.ClaimFunded>(bench.Wallet.Fund(fund.Request.Number, fund.Request.Coins));
        Assert.IsType<ClaimStep.Publish>(Answer(good)[0]);

        var transaction = good.Transaction;
        Assert.Equal(new ClaimStep.Release(good.Number + 1, IsUseless: true), Assert.Single(Answer(good with { Number = good.Number + 1 })));
        Assert.IsType<ClaimStep.Release>(Assert.Single(Answer(good with { Fee = good.Fee + 1.Sat() })));
        Assert.IsType<ClaimStep.Release>(Assert.Single(Answer(good with { Transaction = new Transaction(2, transaction.Inputs, transaction.Outputs, transaction.LockTime + 1) })));
        Assert.IsType<ClaimStep.Release>(Assert.Single(Answer(good with { Transaction = new Transaction(2, transaction.Inputs, [.. transaction.Outputs.Reverse()], transaction.LockTime) })));
        Assert.IsType<ClaimStep.Release>(Assert.Single(Answer(good with { Transaction = new Transaction(2, [.. transaction.Inputs.Reverse()], transaction.Outputs, transaction.LockTime) })));
        // All but dust goes to the miner.
        var greedy = new Transaction(2, transaction.Inputs, transaction.Outputs.SetItem(1, new TxOut(330.Sat(), transaction.Outputs[1].ScriptPubKey)), transaction.LockTime);
        Assert.IsType<ClaimStep.Release>(Assert.Single(Answer(good with { Transaction = greedy, Fee = good.Fee + transaction.OutputValue - greedy.OutputValue })));

        ImmutableArray<ClaimStep> Answer(ChannelCommand.ClaimFunded answer) => ClaimPlanner.Funded(bench.Situation(), answer, environment, TestChannel.Alice);
    }

    [Fact]
    public void A_plan_depends_on_nothing_but_the_situation()
    {
        var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Received(0, 50_000, 10), ClaimBench.Received(1, 50_000, 10), ClaimBench.Offered(0, 70_000, 60, 1));
        bench.Preimages[0] = TestChannel.Preimage(1);
        bench.Confirm();
        bench.IsOffline = true;
        bench.SkipTo(10);
        var environment = new Parameters.ChannelEnvironment(bench.Height, default, bench.Fees, bench.Config);
        var situation = bench.Situation() with { Attempts = [], NextAttempt = 1, InFlight = ClaimsInFlight.None };
        var plans = Enumerable.Range(0, 2).Select(_ => ClaimPlanner.Plan(situation with { Claims = [.. situation.Claims.Reverse()] }, environment, TestChannel.Bob)).ToList();
        Assert.Equal(plans[0].OfType<ClaimStep.Publish>(), plans[1].OfType<ClaimStep.Publish>());
        Assert.Equal(3, plans[0].Length);
    }

    [Fact]
    public void Commitments_and_HTLCs_whose_fee_is_fixed_are_published_as_they_are()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.StaticRemoteKey, 1_000, ClaimBench.Offered(0, 50_000, 10), ClaimBench.Offered(1, 60_000, 10));
        Assert.Empty(bench.Claims());
        bench.Confirm();
        bench.SkipTo(10);
        Assert.Equal(2, bench.Published.Count);
        bench.Fees = bench.Fees with { Commitment = new(50_000), MutualClose = new(50_000), Urgent = new(50_000), Slow = new(50_000) };
        bench.MineEmpty();
        bench.MineEmpty();
        Assert.Equal(2, bench.Published.Count);
        bench.MineBlocks(2);
        AssertNeverRefused(bench);
        Assert.All(bench.Published, attempt => Assert.True(bench.Chain.Confirmations(attempt.Transaction.TxId) > 0));
    }

    [Fact]
    public void What_is_worth_less_than_its_fee_waits_for_better_times()
    {
        var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Received(0, 1_500, 10), ClaimBench.Received(1, 200_000, 10));
        bench.Fees = new(new(5_000), new(8_000), new(7_000), new(9_000)) { Slow = new(6_000) };
        bench.Confirm();
        bench.SkipTo(10);
        Assert.Equal([bench.OutPointOf(HtlcDirection.Received, 1)], Assert.Single(bench.Published, attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout).Transaction.Inputs.Select(input => input.PreviousOutput));
        bench.Fees = new(new(253), new(253), new(253), new(253)) { Slow = new(253) };
        bench.MineBlocks();
        Assert.Contains(bench.Published, attempt => attempt.Transaction.Inputs[0].PreviousOutput == bench.OutPointOf(HtlcDirection.Received, 0));
    }

    [Fact]
    public void An_HTLC_of_2000_sat_is_not_rescued_for_20000()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 2_000, 10));
        bench.Deposit(500_000, 500_000);
        bench.Confirm();
        bench.SkipTo(10);
        // Nobody mines it, whatever it pays.
        for (var height = 11u; height < 80; height++)
        {
            bench.Fees = bench.Fees with { Urgent = new(1_000 * height), Commitment = new(1_000 * height), MutualClose = new(1_000 * height) };
            bench.MineEmpty();
        }

        var attempts = bench.Published.Where(attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout).ToList();
        Assert.NotEmpty(attempts);
        Assert.All(attempts, attempt => Assert.InRange(attempt.Fee.Value, 1, 1_900));
        AssertNeverRefused(bench);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_replacement_pays_for_what_it_replaces_and_for_its_relay(bool ours) => Gen.Select(Gen.UInt[253, 8_000].Array[25], Gen.Int[1, 6], Gen.Int[0, 3].Array[25]).Sample(
        (rates, htlcs, waits) =>
        {
            var all = Enumerable.Range(0, htlcs).Select(id => ours ? ClaimBench.Offered((ulong)id, 30_000 + (1_000 * id), 10) : ClaimBench.Received((ulong)id, 30_000 + (1_000 * id), 10)).ToArray();
            var bench = ours ? ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, all) : ClaimBench.Theirs(CommitmentFormat.Anchors, all);
            bench.Deposit(9_000, 12_000, 15_000, 40_000, 100_000);
            bench.Confirm();
            bench.SkipTo(10);
            for (var i = 0; i < rates.Length; i++)
            {
                var rate = rates[i];
                bench.Fees = new(new(253), new(rate * 2), new(rate), new(rate * 3)) { Slow = new(rate) };
                for (var wait = 0; wait <= waits[i]; wait++) bench.MineEmpty();
                if (i % 7 == 6) bench.Restart();
            }

            AssertNeverRefused(bench);
            Assert.True(bench.Published.Count(attempt => attempt.Purpose == TransactionPurpose.HtlcTimeout) > 1);
            AssertNeverCheaper(bench);
            // One of them is mined, and nothing is left but the wallet's own.
            bench.MineBlocks();
            Assert.All(all, htlc => Assert.NotNull(bench.SpendOf(bench.OutPointOf(htlc.Direction, htlc.Id))));
        },
        iter: Iterations);

    [Fact]
    public void The_anchor_pays_for_a_commitment_below_the_mempools_minimum()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 300, ClaimBench.Offered(0, 500_000, 40), ClaimBench.Received(0, 500_000, 60));
        bench.Deposit(40_000, 40_000);
        bench.Chain.MinFeerate = new(2_000);
        bench.Fees = new(new(2_000), new(6_000), new(4_000), new(9_000)) { Slow = new(3_000) };
        Assert.False(bench.Chain.Broadcast(bench.Signed).IsKnown);
        bench.Proceed();
        var child = Assert.Single(bench.Published);
        Assert.Equal((TransactionPurpose.Anchor, (TxId?)bench.Signed.TxId), (child.Purpose, child.Parent));
        AssertPackageRate(bench, child, new(3_000));
        AssertNeverRefused(bench);

        // It is not mined: the child alone is replaced.
        bench.Fees = bench.Fees with { Slow = new(8_000), MutualClose = new(8_000), Commitment = new(8_000) };
        for (var i = 0; i < 16; i++) bench.MineEmpty();
        var second = bench.Published[^1];
        Assert.NotEqual(child, second);
        AssertPackageRate(bench, second, new(8_000));
        AssertNeverRefused(bench);
        bench.MineBlocks();
        Assert.NotNull(bench.SpendOf(bench.Signed.Inputs[0].PreviousOutput));
    }

    [Fact]
    public void A_commitment_that_pays_enough_by_itself_needs_no_child()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 2_500, ClaimBench.Offered(0, 500_000, 200));
        bench.Deposit(40_000);
        bench.Proceed();
        Assert.Empty(bench.Published);
        bench.Fees = bench.Fees with { Slow = new(2_600), MutualClose = new(2_600) };
        bench.MineEmpty();
        Assert.Single(bench.Published);
    }

    [Fact]
    public void A_commitment_that_nobody_mines_for_what_it_pays_gets_a_child_when_its_deadline_is_near()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 2_500, ClaimBench.Offered(0, 500_000, 20));
        bench.Deposit(40_000);
        bench.Proceed();

        // The estimates never change: within 36 blocks after its expiry the HTLC must be claimed.
        for (var i = 0; i < 36; i++) bench.MineEmpty();
        Assert.Empty(bench.Published);
        bench.MineEmpty();
        Assert.InRange(Assert.Single(bench.Published).Feerate.Value, 3_125u, 3_200u);
        Assert.Equal(18u, bench.Published[0].Deadline - bench.Published[0].BlockHeight);
        for (var i = 0; i < 17; i++) bench.MineEmpty();
        Assert.InRange(bench.Published[^1].Feerate.Value, 20_000u, 125_000u);
        AssertNeverRefused(bench);
    }

    [Fact]
    public void A_child_keeps_its_coins_until_its_commitment_is_final()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 300, ClaimBench.Offered(0, 500_000, 200));
        bench.Deposit(40_000);
        bench.Proceed();
        Assert.Single(bench.Attempts);
        bench.Confirm();
        Assert.Single(bench.Attempts);
        for (var i = 0; i < 4; i++) bench.MineEmpty();
        Assert.Single(bench.Attempts);
        bench.MineEmpty();
        Assert.Empty(bench.Attempts);
        Assert.Empty(bench.Wallet.Locked);
    }

    [Fact]
    public void Contested_claims_go_alone_when_their_deadline_is_near()
    {
        var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Offered(0, 50_000, 60, 1), ClaimBench.Offered(1, 60_000, 60, 2), ClaimBench.Offered(2, 70_000, 60, 3));
        bench.Config = bench.Config with { SplitMargin = 18 };
        for (var id = 0ul; id < 3; id++) bench.Preimages[id] = TestChannel.Preimage(id + 1);
        bench.Confirm();
        Assert.Equal(3, Assert.Single(bench.Published, IsSuccess).Transaction.Inputs.Length);

        // In the mempool all is well: to split it would cost more than it brings.
        for (var height = 43u; height < 50; height++) bench.SkipTo(height);
        Assert.All(bench.Published.Where(IsSuccess), attempt => Assert.Equal(3, attempt.Transaction.Inputs.Length));
        AssertNeverRefused(bench);

        var late = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Offered(0, 50_000, 60, 1), ClaimBench.Offered(1, 60_000, 60, 2));
        late.Preimages[0] = TestChannel.Preimage(1);
        late.Preimages[1] = TestChannel.Preimage(2);
        late.SkipTo(41);
        late.Confirm();
        Assert.All(late.Published.Where(IsSuccess), attempt => Assert.Single(attempt.Transaction.Inputs));
        Assert.Equal(2, late.Published.Count(IsSuccess));
        AssertNeverRefused(late);

        static bool IsSuccess(ClaimAttempt attempt) => attempt.Purpose == TransactionPurpose.HtlcSuccess;
    }

    [Fact]
    public void A_penalty_of_which_one_input_is_gone_is_made_anew_with_the_rest()
    {
        var bench = ClaimBench.Revoked(
            CommitmentFormat.Anchors, ClaimBench.Offered(0, 50_000, 5), ClaimBench.Offered(1, 60_000, 5), ClaimBench.Received(0, 70_000, 30, 1));
        bench.Confirm();
        var penalties = bench.Published.Where(attempt => attempt.Purpose == TransactionPurpose.Penalty).ToList();
        Assert.Equal([1, 3], penalties.Select(attempt => attempt.Transaction.Inputs.Length).Order());
        bench.SkipTo(5);
        var cheat = bench.AliceTimesOut(0);
        bench.MineForeign(cheat);

        // The rest of the batch, and the cheater's second stage.
        var rest = bench.Published.Except(penalties).Where(attempt => attempt.Purpose == TransactionPurpose.Penalty).ToList();
        Assert.Contains(rest, attempt => attempt.Transaction.Inputs.Length == 2);
        Assert.Contains(rest, attempt => Assert.IsType<OutPoint>(attempt.Transaction.Inputs[0].PreviousOutput).TxId == cheat.TxId);
        AssertNeverCheaper(bench);
        bench.MineBlocks(2);
        Assert.All(bench.Situation().Claims, claim => Assert.Fail($"{claim} is left."));
        Assert.DoesNotContain(bench.Answers, answer => answer.Outcome is PublishOutcome.Conflict or PublishOutcome.TooCheap or PublishOutcome.Refused);
    }

    [Fact]
    public void A_restart_forgets_no_fee_and_uses_no_number_twice()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 80_000, 10));
        bench.Deposit(20_000, 20_000);
        bench.Confirm();
        bench.SkipTo(10);
        bench.Fees = bench.Fees with { Commitment = new(9_000), MutualClose = new(9_000), Slow = new(9_000) };
        for (var i = 0; i < 16; i++) bench.MineEmpty();
        bench.Restart();
        bench.Fees = new(new(253), new(253), new(253), new(253)) { Slow = new(253) };
        for (var i = 0; i < 40; i++) bench.MineEmpty();
        AssertNeverCheaper(bench);
        AssertNeverRefused(bench);
        Assert.Distinct(bench.Published.Select(attempt => attempt.Number));
    }

    [Fact]
    public void A_replacement_asks_the_wallet_for_no_less_than_it_replaces_and_for_the_same_coins()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 80_000, 10));
        bench.Deposit(20_000, 20_000);
        bench.Confirm();
        bench.SkipTo(10);
        var first = Assert.Single(bench.Published);
        var later = new Parameters.ChannelEnvironment(bench.Height + 15, default, bench.Fees, bench.Config);
        var request = Assert.IsType<ClaimStep.Fund>(Assert.Single(ClaimPlanner.Plan(bench.Situation(), later, TestChannel.Alice))).Request.Coins;
        Assert.True(request.MinFee >= first.Fee + bench.Fees.Incremental.Fee(first.Transaction.Weight));
        Assert.Equal(first.Coins, request.Reuse);
        Assert.Equal(40_000.Sat(), request.MaxFee);
    }

    [Fact]
    public void The_wallet_is_asked_once_where_money_goes_and_waited_for_no_longer_than_a_block()
    {
        var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Received(0, 80_000, 10), ClaimBench.Received(1, 80_000, 20));
        bench.IsOffline = true;
        bench.Confirm();
        var environment = new Parameters.ChannelEnvironment(bench.Height, default, bench.Fees, bench.Config);
        var situation = bench.Situation() with { Attempts = [], InFlight = ClaimsInFlight.None, SweepScript = null, FallbackScript = TestChannel.Destination };
        var asked = Assert.IsType<ClaimStep.AskScript>(Assert.Single(ClaimPlanner.Plan(situation, environment, TestChannel.Bob)));
        situation = situation with { InFlight = situation.InFlight.After(asked) };
        Assert.Empty(ClaimPlanner.Plan(situation, environment, TestChannel.Bob));
        var later = environment with { BlockHeight = bench.Height + 1 };
        var sweep = Assert.IsType<ClaimStep.Publish>(Assert.Single(ClaimPlanner.Plan(situation, later, TestChannel.Bob)));
        Assert.Equal(TestChannel.Destination, Assert.Single(sweep.Attempt.Transaction.Outputs).ScriptPubKey);
        Assert.Empty(ClaimPlanner.Plan(situation with { FallbackScript = null }, later, TestChannel.Bob));
    }

    [Fact]
    public void A_reorganisation_of_the_commitment_drops_nothing_another_commitment_drops_all()
    {
        var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Received(0, 80_000, 10), ClaimBench.Offered(0, 90_000, 60, 1));
        bench.Preimages[0] = TestChannel.Preimage(1);
        bench.Confirm();
        bench.SkipTo(10);
        var environment = new Parameters.ChannelEnvironment(bench.Height, default, bench.Fees, bench.Config);
        var situation = bench.Situation() with { Claims = [], Spends = ImmutableDictionary<OutPoint, TxId>.Empty };
        Assert.Empty(ClaimPlanner.Plan(situation with { FundingSpend = null }, environment, TestChannel.Bob));
        var drop = Assert.IsType<ClaimStep.Drop>(Assert.Single(ClaimPlanner.Plan(situation with { FundingSpend = (default, false) }, environment, TestChannel.Bob)));
        Assert.Equal(bench.Attempts, drop.Attempts);
    }

    /// <summary>Whatever was published while nobody disturbed it, the mempool took.</summary>
    internal static void AssertNeverRefused(ClaimBench bench) =>
        Assert.All(bench.Answers, answer => Assert.True(answer.Outcome == PublishOutcome.Taken, $"{answer.Attempt.Number} {answer.Attempt.Purpose} {answer.Attempt.Fee}: {answer.Outcome}, {answer.Reason}"));

    /// <summary>No output is ever tried for less than before.</summary>
    internal static void AssertNeverCheaper(ClaimBench bench)
    {
        var paid = new Dictionary<OutPoint, FeeratePerKw>();
        foreach (var attempt in bench.Published)
        {
            foreach (var input in attempt.Transaction.Inputs.Where(input => !attempt.Coins.Items.Any(coin => coin.OutPoint == input.PreviousOutput)))
            {
                if (paid.TryGetValue(input.PreviousOutput, out var before)) Assert.True(attempt.Feerate.Value + 2 >= before.Value, $"{attempt.Number} pays {attempt.Feerate} after {before}");
                paid[input.PreviousOutput] = attempt.Feerate;
            }
        }
    }

    private static void AssertPackageRate(ClaimBench bench, ClaimAttempt child, FeeratePerKw wanted)
    {
        var paid = (child.Fee + bench.ByAlice.Fee).Value * 1000.0 / (child.Transaction.Weight + bench.Signed.Weight);
        Assert.InRange(paid, wanted.Value, wanted.Value * 1.01);
    }
}
