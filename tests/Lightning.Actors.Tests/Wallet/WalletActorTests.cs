using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Serialization;
using Lightning.Actors.Tests.Chain;
using Lightning.Actors.Wallet;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using static Lightning.Actors.Tests.Wallet.ScriptedWallet;

namespace Lightning.Actors.Tests.Wallet;

public sealed class WalletActorTests : WalletActors
{
    [Fact]
    public void A_funding_pays_the_output_its_fee_and_the_change_and_spends_native_segwit_coins_only()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        Coins.Coins.Add(Coin(2, 90_000, script: "76a914"));
        Started().Tell(Fund(Alice, 100_000));
        var made = Answer<ChannelCommand.FundingMade>(Alice);
        Assert.Equal(new TxOut(new Satoshi(100_000), Script), made.Transaction.Outputs[made.OutputIndex]);
        Assert.Equal(2, made.Transaction.Outputs.Length);
        Assert.Equal(ScriptedChain.Output(1), Assert.Single(made.Transaction.Inputs).PreviousOutput);
        var fee = new Satoshi(200_000) - made.Transaction.OutputValue;
        Assert.InRange(fee.Value, 560, 720);
    }

    [Fact]
    public void The_same_request_gets_the_same_transaction_also_after_a_restart()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        Coins.Coins.Add(Coin(2, 200_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        wallet.Tell(Fund(Alice, 100_000));
        var first = Answer<ChannelCommand.FundingMade>(Alice);
        Assert.Equal(first, Answer<ChannelCommand.FundingMade>(Alice));
        Kill(wallet);
        Coins.Coins.Clear();
        wallet = Started();
        Wakes(Alice);
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Equal(first, Answer<ChannelCommand.FundingMade>(Alice));
        Assert.Equal(1, Coins.Signed);
        wallet.Tell(Fund(Alice, 100_001));
        Answer<ChannelCommand.FundingFailed>(Alice);
    }

    [Fact]
    public void Two_fundings_never_share_a_coin_also_across_a_restart()
    {
        for (var i = 0; i < 6; i++) Coins.Coins.Add(Coin(i, 60_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        wallet.Tell(Fund(Bob, 100_000));
        var spent = Answer<ChannelCommand.FundingMade>(Alice).Transaction.Inputs.Concat(Answer<ChannelCommand.FundingMade>(Bob).Transaction.Inputs).ToList();
        Kill(wallet);
        Started().Tell(Fund(Carol, 100_000));
        Wakes(Alice, Bob);
        spent.AddRange(Answer<ChannelCommand.FundingMade>(Carol).Transaction.Inputs);
        Assert.Equal(6, spent.Select(input => input.PreviousOutput).Distinct().Count());
        Assert.Equal(6, spent.Count);
    }

    [Fact]
    public void An_incarnation_that_another_has_replaced_gives_nothing_out()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        Coins.Coins.Add(Coin(2, 300_000));
        var stale = Started();
        stale.Tell(Fund(Alice, 100_000));
        var first = Answer<ChannelCommand.FundingMade>(Alice);
        Started(Another()).Tell(Fund(Bob, 100_000));
        Wakes(Alice);
        var second = Answer<ChannelCommand.FundingMade>(Bob);
        Assert.NotEqual(first.Transaction.Inputs[0].PreviousOutput, second.Transaction.Inputs[0].PreviousOutput);

        // It would spend Bob's coin.
        Watch(stale);
        stale.Tell(Fund(Carol, 100_000));
        ExpectTerminated(stale, Wait);
        Region.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Too_few_coins_are_refused_in_the_words_that_wallets_know()
    {
        Coins.Coins.Add(Coin(1, 50_000));
        Coins.Coins.Add(Coin(2, 40_000));
        Coins.Coins.Add(Coin(3, 900_000, confirmations: 0));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Equal(
            "not enough witness outputs to create funding transaction, need 100930 sat only have 90000 sat available",
            Answer<ChannelCommand.FundingFailed>(Alice).Reason);

        // No is not for ever.
        Coins.Coins.Add(Coin(4, 60_000));
        wallet.Tell(Fund(Alice, 100_000));
        Answer<ChannelCommand.FundingMade>(Alice);
    }

    [Fact]
    public void Coins_that_are_released_may_be_spent_again()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        var mayOn = new TaskCompletionSource();
        Coins.MaySign = mayOn.Task;
        wallet.Tell(Fund(Alice, 100_000));

        // Released while it is being made.
        wallet.Tell(new ReleaseCoins(Alice));
        wallet.Tell(Fund(Bob, 100_000));
        mayOn.SetResult();
        Answer<ChannelCommand.FundingMade>(Alice);
        Answer<ChannelCommand.FundingMade>(Bob);
        wallet.Tell(Fund(Alice, 100_000));
        Answer<ChannelCommand.FundingFailed>(Alice);
    }

    [Fact]
    public void Change_of_our_own_funding_is_spent_unconfirmed_and_others_payments_are_not()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        var first = Answer<ChannelCommand.FundingMade>(Alice);
        var change = 1 - first.OutputIndex;
        Coins.Coins.Clear();
        Coins.Coins.Add(Coin(2, 500_000, confirmations: 0));
        Coins.Coins.Add(new Lightning.Chain.Wallet.Coin(new OutPoint(first.Transaction.TxId, (uint)change), first.Transaction.Outputs[change], 0));
        wallet.Tell(Fund(Bob, 50_000));
        Assert.Equal(first.Transaction.TxId, Assert.Single(Answer<ChannelCommand.FundingMade>(Bob).Transaction.Inputs).PreviousOutput.TxId);
    }

    [Fact]
    public void The_balance_tells_what_is_locked()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        Coins.Coins.Add(Coin(2, 500_000));
        Coins.Coins.Add(Coin(3, 70_000, confirmations: 0));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        Answer<ChannelCommand.FundingMade>(Alice);
        wallet.Tell(GetBalance.Instance, TestActor);
        Assert.Equal(new WalletBalance(new Satoshi(700_000), new Satoshi(70_000), new Satoshi(200_000)), ExpectMsg<WalletBalance>(Wait));
        Assert.Equal(2, Events("wallet"));
        Coins.Trouble = new HttpRequestException("connection refused");
        wallet.Tell(GetBalance.Instance, TestActor);
        Assert.Equal(LightningErrorKind.Unavailable, ExpectMsg<Refused>(Wait).Kind);
    }

    [Fact]
    public void A_wallet_in_trouble_fails_that_funding_only_and_locks_nothing()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        Coins.Trouble = new HttpRequestException("connection refused");
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Contains("connection refused", Answer<ChannelCommand.FundingFailed>(Alice).Reason, StringComparison.Ordinal);
        Coins.Trouble = null;
        Coins.Sign = static transaction => transaction;
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Contains("locked", Answer<ChannelCommand.FundingFailed>(Alice).Reason, StringComparison.Ordinal);
        Coins.Sign = static transaction => new Transaction(transaction.Version, transaction.Inputs, transaction.Outputs, transaction.LockTime + 1);
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Contains("changed", Answer<ChannelCommand.FundingFailed>(Alice).Reason, StringComparison.Ordinal);
        Coins.Sign = null;
        wallet.Tell(Fund(Bob, 100_000));
        Answer<ChannelCommand.FundingMade>(Bob);
    }

    [Fact]
    public void A_lock_is_forgotten_long_after_its_coins_were_spent()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        Runtime.Tip.Set(new Actors.Chain.NewTip(new ChainTip(1_000, default), 0));
        wallet.Tell(Fund(Alice, 100_000));
        Answer<ChannelCommand.FundingMade>(Alice);
        Runtime.Tip.Set(new Actors.Chain.NewTip(new ChainTip(4_000, default), 0));
        Coins.Coins.Add(Coin(2, 200_000));
        wallet.Tell(Fund(Bob, 100_000));
        Answer<ChannelCommand.FundingMade>(Bob);
        Assert.Equal(3, Events("wallet"));
        Coins.Coins.Clear();
        Coins.Coins.Add(Coin(3, 200_000));
        wallet.Tell(Fund(Carol, 100_000));
        Answer<ChannelCommand.FundingMade>(Carol);
        Assert.Equal(5, Events("wallet"));
    }

    [Fact]
    public void A_channel_that_has_its_funding_is_not_woken_for_it_again()
    {
        Coins.Coins.Add(Coin(1, 200_000));
        Coins.Coins.Add(Coin(2, 200_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        wallet.Tell(Fund(Bob, 100_000));
        var spent = Answer<ChannelCommand.FundingMade>(Alice).Transaction.Inputs[0].PreviousOutput;
        Answer<ChannelCommand.FundingMade>(Bob);
        var events = Events("wallet");
        wallet.Tell(new FundingIsDurable(Alice));
        wallet.Tell(new FundingIsDurable(Alice));
        wallet.Tell(new FundingIsDurable(Carol));
        Until(() => Events("wallet") > events);
        Kill(wallet);
        Assert.Equal(events + 1, Events("wallet"));
        wallet = Started();
        Wakes(Bob);

        // Its coins are locked all the same, until they are spent long ago.
        wallet.Tell(Fund(Carol, 100_000));
        Answer<ChannelCommand.FundingFailed>(Carol);
        wallet.Tell(new ReleaseCoins(Alice));
        wallet.Tell(Fund(Carol, 100_000));
        Assert.Equal(spent, Answer<ChannelCommand.FundingMade>(Carol).Transaction.Inputs[0].PreviousOutput);
    }

    [Fact]
    public void What_the_wallet_says_and_keeps_survives_its_bytes()
    {
        var transaction = ScriptedChain.Spend(ScriptedChain.Output(1));
        var locked = CoinsLocked.By(Alice, transaction, 1, 800_000);
        foreach (var sample in (object[])[locked, new CoinsReleased(Alice), Fund(Alice, 5), new ReleaseCoins(Bob), GetBalance.Instance, new WalletBalance(new(1), new(2), new(3), new(4), new(5))])
        {
            var format = LightningSerializer.Formats.Find(sample.GetType())!;
            Assert.Equal(sample, format.Read(format.Write(sample), null!));
        }

        var state = WalletState.Empty.Apply(locked).Apply(CoinsLocked.By(Bob, ScriptedChain.Spend(ScriptedChain.Output(2)), 0, 5)).Apply(new CoinsReleased(Bob));
        var snapshot = state.ToSnapshot();
        var snapshots = LightningSerializer.Formats.Find(typeof(WalletSnapshot))!;
        var read = WalletState.Of((WalletSnapshot)snapshots.Read(snapshots.Write(snapshot), null!));
        Assert.Equal(state.Locks, read.Locks);
        Assert.Equal([ScriptedChain.Output(1)], read.Locked.Keys);
    }
}
