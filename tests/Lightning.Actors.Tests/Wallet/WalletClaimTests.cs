using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Serialization;
using Lightning.Actors.Tests.Chain;
using Lightning.Actors.Wallet;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using static Lightning.Actors.Tests.Wallet.ScriptedWallet;

namespace Lightning.Actors.Tests.Wallet;

/// <summary>The wallet's coins in claims, and what is kept back for them.</summary>
public sealed class WalletClaimTests : WalletActors
{
    private static readonly TxOut Anchor = new(new Satoshi(330), Script);

    // As the child of a commitment: the anchor, and nothing else yet.
    private static FundClaim Claim(LocalChannelKey channel, ulong number, uint feerate = 2_000, long maxFee = 50_000, long minFee = 0, params ReadOnlySpan<ClaimCoin> reuse) => new(
        channel,
        number,
        new CoinRequest(
            new Transaction(2, [new TxIn(ScriptedChain.Output(100), Script.Empty, 0xFFFFFFFD, Witness.Empty)], [], 0),
            [Anchor], Weight: 320, ParentWeight: 1_124, new Satoshi(300), new FeeratePerKw(feerate), new Satoshi(maxFee), new Satoshi(minFee), [.. reuse]));

    // As an HTLC transaction without a fee: its input and its output stand at one index.
    private static FundClaim OwnHtlc(LocalChannelKey channel, ulong number, uint lockTime) => new(
        channel,
        number,
        new CoinRequest(
            new Transaction(2, [new TxIn(ScriptedChain.Output(101), Script.Empty, 1, Witness.Empty)], [new TxOut(new Satoshi(40_000), Script)], lockTime),
            [new TxOut(new Satoshi(40_000), Script)], Weight: 706, ParentWeight: 0, Satoshi.Zero, new FeeratePerKw(1_000), new Satoshi(20_000), Satoshi.Zero, []));

    private static OutPoint[] CoinsOf(ChannelCommand.ClaimFunded funded) => [.. funded.Coins.Items.Select(static coin => coin.OutPoint)];

    [Fact]
    public void A_claim_pays_for_itself_and_its_parent_with_confirmed_coins_and_the_rest_comes_back()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        Coins.Coins.Add(Coin(2, 20_000));
        Coins.Coins.Add(Coin(3, 10_000, confirmations: 0));
        Started().Tell(Claim(Alice, 1));
        var funded = Answer<ChannelCommand.ClaimFunded>(Alice);
        Assert.Equal([ScriptedChain.Output(2)], CoinsOf(funded));
        Assert.Equal([ScriptedChain.Output(100), ScriptedChain.Output(2)], funded.Transaction.Inputs.Select(static input => input.PreviousOutput));
        Assert.True(funded.Transaction.Inputs[0].Witness.IsEmpty);
        Assert.False(funded.Transaction.Inputs[1].Witness.IsEmpty);

        // 320 + 272 + 172 of its own and 1,124 of its parent at 2,000 sat/kw, without what the parent pays.
        Assert.Equal(new Satoshi(3_476), funded.Fee);
        Assert.Equal(new Satoshi(20_000 + 330 - 3_476), Assert.Single(funded.Transaction.Outputs).Value);
    }

    [Fact]
    public void A_fixed_output_keeps_its_index_and_the_lock_time_stays()
    {
        Coins.Coins.Add(Coin(1, 50_000));
        Started().Tell(OwnHtlc(Alice, 7, lockTime: 812_345));
        var funded = Answer<ChannelCommand.ClaimFunded>(Alice);
        Assert.Equal(7ul, funded.Number);
        Assert.Equal(812_345u, funded.Transaction.LockTime);
        Assert.Equal(new TxOut(new Satoshi(40_000), Script), funded.Transaction.Outputs[0]);
        Assert.Equal([1u, 0xFFFFFFFDu], funded.Transaction.Inputs.Select(static input => input.Sequence));
        Assert.Equal(new Satoshi(50_000) - funded.Fee, funded.Transaction.Outputs[1].Value);
    }

    [Fact]
    public void A_claim_gets_the_same_coins_again_when_it_is_asked_twice()
    {
        Coins.Coins.Add(Coin(1, 60_000));
        Coins.Coins.Add(Coin(2, 70_000));
        var wallet = Started();
        wallet.Tell(Claim(Alice, 1));
        wallet.Tell(Claim(Alice, 1));
        var first = Answer<ChannelCommand.ClaimFunded>(Alice);
        Assert.Equal(first, Answer<ChannelCommand.ClaimFunded>(Alice));

        // Its process ends between the lock and the answer, as far as the channel can tell.
        Kill(wallet);
        wallet = Started();
        wallet.Tell(Claim(Alice, 1, feerate: 5_000));
        Assert.Equal(first, Answer<ChannelCommand.ClaimFunded>(Alice));
        Assert.Equal(1, Coins.Signed);

        // What is released may be asked for anew.
        wallet.Tell(new ReleaseClaimCoins(Alice, 1));
        wallet.Tell(Claim(Alice, 1, feerate: 5_000));
        Assert.True(Answer<ChannelCommand.ClaimFunded>(Alice).Fee > first.Fee);
    }

    [Fact]
    public void Coins_are_locked_before_they_are_shown()
    {
        Coins.Coins.Add(Coin(1, 60_000));
        Coins.Coins.Add(Coin(2, 60_000));
        var stale = Started();
        stale.Tell(Claim(Alice, 1));
        var first = Answer<ChannelCommand.ClaimFunded>(Alice);
        Started(Another()).Tell(Claim(Bob, 1));
        var second = Answer<ChannelCommand.ClaimFunded>(Bob);
        Assert.Empty(CoinsOf(first).Intersect(CoinsOf(second)));

        // It would spend Bob's coin, and its write loses.
        Watch(stale);
        stale.Tell(Claim(Carol, 1));
        ExpectTerminated(stale, Wait);
        Region.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_replacement_uses_the_coins_of_what_it_replaces()
    {
        Coins.Coins.Add(Coin(1, 20_000));
        Coins.Coins.Add(Coin(2, 20_000));
        var wallet = Started();
        wallet.Tell(Claim(Alice, 1));
        var first = Answer<ChannelCommand.ClaimFunded>(Alice);

        // Spent in the mempool: the chain's wallet does not list it any more.
        var coin = Coins.Coins.Single(coin => coin.OutPoint == first.Coins.Items[0].OutPoint);
        Coins.Coins.Remove(coin);
        wallet.Tell(Claim(Alice, 2, feerate: 4_000, minFee: first.Fee.Value + 500, reuse: [.. first.Coins]));
        var second = Answer<ChannelCommand.ClaimFunded>(Alice);
        Assert.Equal(CoinsOf(first), CoinsOf(second));
        Assert.True(second.Fee >= first.Fee + new Satoshi(500));

        // More than it holds: others come on top.
        wallet.Tell(Claim(Alice, 3, feerate: 12_000, reuse: [.. second.Coins]));
        var third = Answer<ChannelCommand.ClaimFunded>(Alice);
        Assert.Equal([ScriptedChain.Output(1), ScriptedChain.Output(2)], CoinsOf(third).Order());

        // A coin is free when the last that holds it lets it go.
        Coins.Coins.Clear();
        Coins.Coins.Add(coin);
        wallet.Tell(new ReleaseClaimCoins(Alice, 1));
        wallet.Tell(new ReleaseClaimCoins(Alice, 3));
        wallet.Tell(Claim(Bob, 1));
        Answer<ChannelCommand.ClaimNotFunded>(Bob);
        wallet.Tell(new ReleaseClaimCoins(Alice, 2));
        wallet.Tell(Claim(Bob, 1));
        Answer<ChannelCommand.ClaimFunded>(Bob);
    }

    [Fact]
    public void What_an_earlier_incarnation_asked_for_and_did_not_publish_is_released_and_nothing_else()
    {
        Coins.Coins.AddRange([Coin(1, 50_000), Coin(2, 60_000), Coin(3, 70_000), Coin(4, 80_000)]);
        var wallet = Started();
        foreach (var number in (ReadOnlySpan<ulong>)[1, 2, 3])
        {
            wallet.Tell(Claim(Alice, number));
            Answer<ChannelCommand.ClaimFunded>(Alice);
        }

        wallet.Tell(Claim(Bob, 7));
        var other = Answer<ChannelCommand.ClaimFunded>(Bob);
        wallet.Tell(new ReleaseClaimCoins(Alice, 2, AndLater: true));
        wallet.Tell(Claim(Carol, 1));
        wallet.Tell(Claim(Carol, 2));
        wallet.Tell(Claim(Carol, 3));
        Assert.Equal([ScriptedChain.Output(2)], CoinsOf(Answer<ChannelCommand.ClaimFunded>(Carol)));
        Assert.Equal([ScriptedChain.Output(3)], CoinsOf(Answer<ChannelCommand.ClaimFunded>(Carol)));
        Answer<ChannelCommand.ClaimNotFunded>(Carol);
        wallet.Tell(Claim(Bob, 7));
        Assert.Equal(other, Answer<ChannelCommand.ClaimFunded>(Bob));
    }

    [Fact]
    public void Coins_of_another_channel_are_not_taken_over()
    {
        Coins.Coins.Add(Coin(1, 20_000));
        var wallet = Started();
        wallet.Tell(Claim(Alice, 1));
        var first = Answer<ChannelCommand.ClaimFunded>(Alice);
        wallet.Tell(Claim(Bob, 1, reuse: [.. first.Coins]));
        Answer<ChannelCommand.ClaimNotFunded>(Bob);
    }

    [Fact]
    public void Funding_and_claim_locks_of_one_channel_do_not_mix()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        Coins.Coins.Add(Coin(2, 60_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        var funding = Answer<ChannelCommand.FundingMade>(Alice);
        wallet.Tell(Claim(Alice, 1));
        Assert.Equal([ScriptedChain.Output(2)], CoinsOf(Answer<ChannelCommand.ClaimFunded>(Alice)));
        wallet.Tell(new ReleaseClaimCoins(Alice, 1));
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Equal(funding, Answer<ChannelCommand.FundingMade>(Alice));
        wallet.Tell(Claim(Alice, 2));
        Answer<ChannelCommand.ClaimFunded>(Alice);
        wallet.Tell(new ReleaseCoins(Alice));
        wallet.Tell(Claim(Bob, 1, maxFee: 300_000));
        Assert.Equal([ScriptedChain.Output(1)], CoinsOf(Answer<ChannelCommand.ClaimFunded>(Bob)));
    }

    [Fact]
    public void The_fee_is_never_above_what_the_claim_may_pay()
    {
        Coins.Coins.Add(Coin(1, 20_000));
        var wallet = Started();
        wallet.Tell(Claim(Alice, 1, feerate: 50_000, maxFee: 9_000));
        Assert.Equal(new Satoshi(9_000), Answer<ChannelCommand.ClaimFunded>(Alice).Fee);
        wallet.Tell(Claim(Bob, 1, maxFee: 9_000, minFee: 9_001));
        Assert.Contains("9001 sat at least", Answer<ChannelCommand.ClaimNotFunded>(Bob).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wallet_without_coins_says_so_to_the_channel_and_to_the_operator()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.Warning));
        Started().Tell(Claim(Alice, 7));
        var reason = Answer<ChannelCommand.ClaimNotFunded>(Alice).Reason;
        Assert.StartsWith("The confirmed coins, 0 sat in all", reason, StringComparison.Ordinal);
        var warning = FishForMessage<Akka.Event.Warning>(static warning => warning.LogClass == typeof(WalletActor), Wait).Message.ToString();
        Assert.Equal($"Channel {Alice}: claim 7 gets no coins: {reason}", warning);
    }

    [Fact]
    public void A_claim_that_the_wallet_cannot_sign_for_locks_nothing()
    {
        Coins.Coins.Add(Coin(1, 20_000));
        var wallet = Started();
        Coins.Sign = static transaction => transaction;
        wallet.Tell(Claim(Alice, 1));
        Assert.Contains("locked", Answer<ChannelCommand.ClaimNotFunded>(Alice).Reason, StringComparison.Ordinal);
        Coins.Sign = static transaction => new Transaction(transaction.Version, transaction.Inputs, transaction.Outputs, transaction.LockTime + 1);
        wallet.Tell(Claim(Alice, 1));
        Assert.Contains("changed", Answer<ChannelCommand.ClaimNotFunded>(Alice).Reason, StringComparison.Ordinal);
        Coins.Sign = null;
        Coins.Trouble = new HttpRequestException("connection refused");
        wallet.Tell(Claim(Alice, 1));
        Assert.Contains("connection refused", Answer<ChannelCommand.ClaimNotFunded>(Alice).Reason, StringComparison.Ordinal);
        Coins.Trouble = null;
        wallet.Tell(Claim(Bob, 1));
        Answer<ChannelCommand.ClaimFunded>(Bob);
    }

    [Fact]
    public void A_request_that_was_taken_back_while_it_waited_is_not_begun()
    {
        for (var i = 1; i <= 4; i++) Coins.Coins.Add(Coin(i, 60_000));
        var (wallet, gate) = (Started(), new TaskCompletionSource());
        Coins.MaySign = gate.Task;
        wallet.Tell(Claim(Alice, 1));
        for (var number = 2ul; number < 1_500; number++)
        {
            wallet.Tell(new ReleaseClaimCoins(Alice, number - 1));
            wallet.Tell(Claim(Alice, number));
        }

        wallet.Tell(Claim(Bob, 1));
        gate.SetResult();
        Assert.Equal(1ul, Answer<ChannelCommand.ClaimFunded>(Alice).Number);
        Assert.Equal(1_499ul, Answer<ChannelCommand.ClaimFunded>(Alice).Number);
        Answer<ChannelCommand.ClaimFunded>(Bob);
        Assert.Equal(3, Coins.Signed);
    }

    [Fact]
    public void The_anchor_reserve_counts_every_channel_that_may_need_it()
    {
        Coins.Coins.Add(Coin(1, 130_000));
        var wallet = Started();

        // Two that peers opened, one of them said twice, and one that is over.
        foreach (var one in (ReadOnlySpan<LocalChannelKey>)[Bob, Bob, Carol, new(1, 4)]) wallet.Tell(new KeepReserve(one, IsNeeded: true));
        wallet.Tell(new KeepReserve(new(1, 4), IsNeeded: false));
        wallet.Tell(GetBalance.Instance, TestActor);
        Assert.Equal(new Satoshi(20_000), ExpectMsg<WalletBalance>(Wait).ReservedForAnchors);

        // Its own share counts: 30,000 sat must be left.
        wallet.Tell(Fund(Alice, 100_000, needsReserve: true));
        var failed = Answer<ChannelCommand.FundingFailed>(Alice);
        Assert.True(failed.LacksCoins);
        var reason = failed.Reason;
        Assert.Contains("reserve of 30000 sat", reason, StringComparison.Ordinal);
        Assert.Contains("only have 130000 sat", reason, StringComparison.Ordinal);
        wallet.Tell(Fund(Alice, 99_000, needsReserve: true));
        Answer<ChannelCommand.FundingMade>(Alice);
        Kill(wallet);
        wallet = Started();
        Wakes(Alice);
        Coins.Coins.Add(Coin(2, 130_000));
        wallet.Tell(GetBalance.Instance, TestActor);
        Assert.Equal(new Satoshi(30_000), ExpectMsg<WalletBalance>(Wait).ReservedForAnchors);

        // A funding that is given up needs none.
        wallet.Tell(new ReleaseCoins(Alice));
        wallet.Tell(new KeepReserve(Carol, IsNeeded: false));
        wallet.Tell(Fund(new(1, 5), 245_000));
        Answer<ChannelCommand.FundingMade>(new(1, 5));
    }

    [Fact]
    public void A_claim_may_use_the_reserve_and_an_opening_may_not()
    {
        Coins.Coins.Add(Coin(1, 9_000));
        var wallet = Started();
        wallet.Tell(new KeepReserve(Alice, IsNeeded: true));
        wallet.Tell(Fund(Bob, 5_000));
        Assert.Contains("reserve of 10000 sat", Answer<ChannelCommand.FundingFailed>(Bob).Reason, StringComparison.Ordinal);
        wallet.Tell(Claim(Alice, 1));
        Assert.Equal([ScriptedChain.Output(1)], CoinsOf(Answer<ChannelCommand.ClaimFunded>(Alice)));
        wallet.Tell(GetBalance.Instance, TestActor);
        Assert.Equal(new WalletBalance(new(9_000), default, new(9_000), default, ReserveMissing: new(10_000)), ExpectMsg<WalletBalance>(Wait));
    }

    [Fact]
    public void A_channel_that_is_over_holds_no_coins_for_claims()
    {
        Coins.Coins.Add(Coin(1, 20_000));
        var wallet = Started();
        wallet.Tell(new KeepReserve(Alice, IsNeeded: true));
        wallet.Tell(Claim(Alice, 1));
        Answer<ChannelCommand.ClaimFunded>(Alice);
        wallet.Tell(new KeepReserve(Alice, IsNeeded: false));
        wallet.Tell(Claim(Bob, 1));
        Answer<ChannelCommand.ClaimFunded>(Bob);
    }

    [Fact]
    public void Each_script_for_a_channels_money_is_a_fresh_one()
    {
        var wallet = Started();
        wallet.Tell(new GiveSweepScript(Alice));
        var first = Answer<ChannelCommand.SweepScriptGiven>(Alice).Script;
        wallet.Tell(new GiveSweepScript(Bob));
        Assert.NotEqual(first, Answer<ChannelCommand.SweepScriptGiven>(Bob).Script);
        Assert.Equal(0, Events("wallet"));
    }

    [Fact]
    public void A_snapshot_holds_all_that_the_events_say()
    {
        var locked = new ClaimCoinsLocked(new LockId(Alice, 3), [new ClaimCoin(ScriptedChain.Output(1), Anchor)], ScriptedChain.Spend(ScriptedChain.Output(1)), new Satoshi(900), 800_000);
        var state = WalletState.Empty
            .Apply(CoinsLocked.By(Alice, ScriptedChain.Spend(ScriptedChain.Output(2)), 0, 5))
            .Apply(new FundingKept(Alice))
            .Apply(locked)
            .Apply(locked with { Id = new LockId(Alice, 4) })
            .Apply(new ReserveKept(Bob, IsNeeded: true));
        var format = LightningSerializer.Formats.Find(typeof(WalletSnapshot))!;
        var read = WalletState.Of((WalletSnapshot)format.Read(format.Write(state.ToSnapshot()), null!));
        Assert.Equal(state.Locks, read.Locks);
        Assert.Equal(state.Claims, read.Claims);
        Assert.Equal(state.Kept, read.Kept);
        Assert.Equal(state.Reserving, read.Reserving);
        Assert.Equal(state.Locked.OrderBy(static one => one.Key), read.Locked.OrderBy(static one => one.Key));
        Assert.Equal(2, read.Locked[ScriptedChain.Output(1)]);
    }
}
