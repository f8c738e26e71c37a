using System.Collections.Immutable;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Formats;
using Lightning.Channels.Parameters;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

/// <summary>What becomes of the wallet's coins that pay for claims: some are spent by others, and often there are fewer than one would like.</summary>
public sealed class ClaimCoinsTests
{
    [Fact]
    public void A_child_whose_coin_is_gone_is_made_anew_with_another()
    {
        var bench = Waiting(100_000, 90_000);
        var first = Assert.Single(bench.Published);
        Assert.Equal(TransactionPurpose.Anchor, first.Purpose);
        Assert.Single(first.Coins);
        bench.InFlight = bench.InFlight.Answered(bench.Signed.TxId, PublishOutcome.Taken).Answered(first.Transaction.TxId, PublishOutcome.MissingInputs);

        // Not twice in one block: a parent of which nobody has told may be what is missing.
        bench.Proceed();
        Assert.Single(bench.Published);
        bench.MineEmpty();
        var second = Assert.Single(bench.Published.Skip(1));
        Assert.Equal((TransactionPurpose.Anchor, first.Parent), (second.Purpose, second.Parent));
        Assert.DoesNotContain(first.Coins[0], second.Coins);
        Assert.True(second.Feerate.Value + 2 >= first.Feerate.Value);
        Assert.Equal([second], bench.Attempts);
        Assert.Equal([second.Number], bench.Wallet.Locked);
    }

    [Fact]
    public void A_child_whose_commitment_has_nothing_to_spend_takes_no_other_coins()
    {
        var bench = Waiting(100_000, 90_000);
        var first = Assert.Single(bench.Published);
        bench.InFlight = bench.InFlight.Answered(bench.Signed.TxId, PublishOutcome.MissingInputs).Answered(first.Transaction.TxId, PublishOutcome.MissingInputs);
        for (var i = 0; i < 30; i++) bench.MineEmpty();
        Assert.Equal([first], bench.Published);
    }

    [Fact]
    public void Of_several_coins_of_which_one_is_gone_the_others_pay_for_what_takes_its_place()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 10));
        bench.Deposit(600, 700);
        bench.Confirm();
        bench.IsOffline = true;
        bench.SkipTo(10);
        var first = Assert.Single(bench.Published);
        Assert.Equal(2, first.Coins.Count);
        bench.Wallet.Read(new Bitcoin.Transactions.Transaction(2, [new(first.Coins[0].OutPoint, default, 0, Bitcoin.Transactions.Witness.Empty)], [], 0));
        bench.Deposit(700);
        bench.InFlight = bench.InFlight.Answered(first.Transaction.TxId, PublishOutcome.MissingInputs);
        bench.Proceed();
        var second = Assert.Single(bench.Published.Skip(1));
        Assert.Equal(2, second.Coins.Count);
        Assert.Contains(first.Coins[1], second.Coins);
        Assert.True(second.Feerate.Value + 2 >= first.Feerate.Value);
        Assert.Equal([second], bench.Attempts);
    }

    [Fact]
    public void An_answer_that_comes_twice_releases_nothing_that_is_published()
    {
        var bench = Waiting(100_000, 90_000);
        var first = Assert.Single(bench.Published);
        var again = new ChannelCommand.ClaimFunded(first.Number, first.Transaction, first.Coins, first.Fee);
        Assert.Empty(ClaimPlanner.Funded(bench.Situation(), again, new ChannelEnvironment(bench.Height, DateTimeOffset.UnixEpoch, bench.Fees, bench.Config), TestChannel.Alice));

        // What was never published is given back however often it is answered.
        var late = Assert.IsType<ClaimStep.Release>(Assert.Single(ClaimPlanner.Funded(
            bench.Situation(), again with { Number = first.Number + 1 }, new ChannelEnvironment(bench.Height, DateTimeOffset.UnixEpoch, bench.Fees, bench.Config), TestChannel.Alice)));
        Assert.Equal(first.Number + 1, late.Number);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(20ul)]
    [InlineData(39ul)]
    public void With_one_coin_a_rival_of_one_claim_leaves_none_of_the_others_unclaimed(ulong disputed)
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, [.. Enumerable.Range(0, 40).Select(id => ClaimBench.Offered((ulong)id, (ulong)id == disputed ? 900_000 : 20_000 + id, 10))]);
        bench.Deposit(500_000);
        for (var id = 0ul; id < 40; id++) bench.IncomingExpiries[id] = bench.Start + 25;
        bench.Confirm();
        bench.SkipTo(10);
        Assert.Equal(40, Claimed().Count);
        var rival = bench.PeerTakes(new(400_000), disputed);
        Assert.True(bench.Chain.Broadcast(rival).IsKnown);
        bench.Proceed();
        for (var i = 0; i < 5; i++)
        {
            // The coin goes where it claims most.
            Assert.Equal([.. Enumerable.Range(0, 40).Select(id => (ulong)id).Where(id => id != disputed)], Claimed());
            Assert.Equal(39, bench.Published[^1].Transaction.Inputs.Length - bench.Published[^1].Coins.Count);
            bench.MineEmpty();
        }

        bench.MineBlocks(2);
        Assert.All(Enumerable.Range(0, 40), id => Assert.NotNull(bench.SpendOf(bench.OutPointOf(HtlcDirection.Offered, (ulong)id))));

        List<ulong> Claimed() =>
            [.. Enumerable.Range(0, 40).Select(id => (ulong)id).Where(id => bench.Chain.FindSpender(bench.OutPointOf(HtlcDirection.Offered, id)) is { } spender && bench.Published.Exists(one => one.Transaction.TxId == spender.TxId))];
    }

    [Fact]
    public void Few_coins_go_to_what_is_in_a_hurry_and_holds_most()
    {
        var bench = ClaimBench.Ours(
            CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 900_000, 10), ClaimBench.Offered(1, 20_000, 11), ClaimBench.Offered(2, 30_000, 12), ClaimBench.Offered(3, 30_000, 12));
        bench.IncomingExpiries[1] = bench.IncomingExpiries[2] = bench.IncomingExpiries[3] = bench.Start + 20;
        bench.Confirm();
        bench.SkipTo(12);
        Assert.Empty(bench.Published);
        var order = ClaimPlanner.Plan(bench.Situation() with { InFlight = ClaimsInFlight.None }, new ChannelEnvironment(bench.Height, DateTimeOffset.UnixEpoch, bench.Fees, bench.Config), TestChannel.Alice)
            .OfType<ClaimStep.Fund>().Select(static fund => fund.Request.Batch.Value.Value);
        Assert.Equal([60_000, 20_000, 900_000], order);
    }

    // A commitment that needs its anchor, and nobody who takes what is published.
    private static ClaimBench Waiting(params long[] coins)
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 253, ClaimBench.Offered(0, 1_000_000, 40));
        bench.Deposit(coins);
        bench.IsOffline = true;
        bench.IncomingExpiries[0] = bench.Start + 80;
        bench.Proceed();
        return bench;
    }
}
