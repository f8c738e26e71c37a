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

public sealed class WalletActorTests : ChainActors
{
    private static readonly LocalChannelKey Alice = new(1, 1);
    private static readonly LocalChannelKey Bob = new(1, 2);
    private static readonly Script Script = Script.FromHex("0020" + new string('e', 64));
    private readonly ScriptedWallet _wallet = new();
    private NodeRuntime? _node;

    private NodeRuntime Runtime => _node ??= Node(Chain, _wallet, Region);

    private IActorRef Started(ActorSystem? system = null) => (system ?? Sys).ActorOf(WalletActor.Props(Runtime));

    private static FundChannel Fund(LocalChannelKey channel, long amount) => new(channel, Script, new Satoshi(amount), new FeeratePerKw(1_000));

    private T Answer<T>(LocalChannelKey channel)
        where T : ChannelCommand
    {
        var request = Region.ExpectMsg<ChannelRequest>(Wait);
        Assert.Equal(channel, request.Channel);
        return Assert.IsType<T>(request.Command);
    }

    // A wallet that starts wakes the channels that it holds coins for.
    private void Wakes(params ReadOnlySpan<LocalChannelKey> channels)
    {
        foreach (var channel in channels) Assert.Equal(new CoinsHeld(channel), Region.ExpectMsg<CoinsHeld>(Wait));
    }

    [Fact]
    public void A_funding_pays_the_output_its_fee_and_the_change_and_spends_native_segwit_coins_only()
    {
        _wallet.Coins.Add(Coin(1, 200_000));
        _wallet.Coins.Add(Coin(2, 90_000, script: "76a914"));
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
        _wallet.Coins.Add(Coin(1, 200_000));
        _wallet.Coins.Add(Coin(2, 200_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        wallet.Tell(Fund(Alice, 100_000));
        var first = Answer<ChannelCommand.FundingMade>(Alice);
        Assert.Equal(first, Answer<ChannelCommand.FundingMade>(Alice));
        Kill(wallet);
        _wallet.Coins.Clear();
        wallet = Started();
        Wakes(Alice);
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Equal(first, Answer<ChannelCommand.FundingMade>(Alice));
        Assert.Equal(1, _wallet.Signed);
        wallet.Tell(Fund(Alice, 100_001));
        Answer<ChannelCommand.FundingFailed>(Alice);
    }

    [Fact]
    public void Two_fundings_never_share_a_coin_also_across_a_restart()
    {
        for (var i = 0; i < 6; i++) _wallet.Coins.Add(Coin(i, 60_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        wallet.Tell(Fund(Bob, 100_000));
        var spent = Answer<ChannelCommand.FundingMade>(Alice).Transaction.Inputs.Concat(Answer<ChannelCommand.FundingMade>(Bob).Transaction.Inputs).ToList();
        Kill(wallet);
        var third = new LocalChannelKey(1, 3);
        Started().Tell(Fund(third, 100_000));
        Wakes(Alice, Bob);
        spent.AddRange(Answer<ChannelCommand.FundingMade>(third).Transaction.Inputs);
        Assert.Equal(6, spent.Select(input => input.PreviousOutput).Distinct().Count());
        Assert.Equal(6, spent.Count);
    }

    [Fact]
    public void An_incarnation_that_another_has_replaced_gives_nothing_out()
    {
        _wallet.Coins.Add(Coin(1, 200_000));
        _wallet.Coins.Add(Coin(2, 300_000));
        var stale = Started();
        stale.Tell(Fund(Alice, 100_000));
        var first = Answer<ChannelCommand.FundingMade>(Alice);
        Started(Another()).Tell(Fund(Bob, 100_000));
        Wakes(Alice);
        var second = Answer<ChannelCommand.FundingMade>(Bob);
        Assert.NotEqual(first.Transaction.Inputs[0].PreviousOutput, second.Transaction.Inputs[0].PreviousOutput);

        // It would spend Bob's coin.
        Watch(stale);
        stale.Tell(Fund(new LocalChannelKey(1, 3), 100_000));
        ExpectTerminated(stale, Wait);
        Region.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Too_few_coins_are_refused_in_the_words_that_wallets_know()
    {
        _wallet.Coins.Add(Coin(1, 50_000));
        _wallet.Coins.Add(Coin(2, 40_000));
        _wallet.Coins.Add(Coin(3, 900_000, confirmations: 0));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Equal(
            "not enough witness outputs to create funding transaction, need 100930 sat only have 90000 sat available",
            Answer<ChannelCommand.FundingFailed>(Alice).Reason);

        // No is not for ever.
        _wallet.Coins.Add(Coin(4, 60_000));
        wallet.Tell(Fund(Alice, 100_000));
        Answer<ChannelCommand.FundingMade>(Alice);
    }

    [Fact]
    public void Coins_that_are_released_may_be_spent_again()
    {
        _wallet.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        var mayOn = new TaskCompletionSource();
        _wallet.MaySign = mayOn.Task;
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
        _wallet.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        var first = Answer<ChannelCommand.FundingMade>(Alice);
        var change = 1 - first.OutputIndex;
        _wallet.Coins.Clear();
        _wallet.Coins.Add(Coin(2, 500_000, confirmations: 0));
        _wallet.Coins.Add(new Lightning.Chain.Wallet.Coin(new OutPoint(first.Transaction.TxId, (uint)change), first.Transaction.Outputs[change], 0));
        wallet.Tell(Fund(Bob, 50_000));
        Assert.Equal(first.Transaction.TxId, Assert.Single(Answer<ChannelCommand.FundingMade>(Bob).Transaction.Inputs).PreviousOutput.TxId);
    }

    [Fact]
    public void The_balance_tells_what_is_locked()
    {
        _wallet.Coins.Add(Coin(1, 200_000));
        _wallet.Coins.Add(Coin(2, 500_000));
        _wallet.Coins.Add(Coin(3, 70_000, confirmations: 0));
        var wallet = Started();
        wallet.Tell(Fund(Alice, 100_000));
        Answer<ChannelCommand.FundingMade>(Alice);
        wallet.Tell(GetBalance.Instance, TestActor);
        Assert.Equal(new WalletBalance(new Satoshi(700_000), new Satoshi(70_000), new Satoshi(200_000)), ExpectMsg<WalletBalance>(Wait));
        Assert.Equal(2, Events("wallet"));
        _wallet.Trouble = new HttpRequestException("connection refused");
        wallet.Tell(GetBalance.Instance, TestActor);
        Assert.Equal(LightningErrorKind.Unavailable, ExpectMsg<Refused>(Wait).Kind);
    }

    [Fact]
    public void A_wallet_in_trouble_fails_that_funding_only_and_locks_nothing()
    {
        _wallet.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        _wallet.Trouble = new HttpRequestException("connection refused");
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Contains("connection refused", Answer<ChannelCommand.FundingFailed>(Alice).Reason, StringComparison.Ordinal);
        _wallet.Trouble = null;
        _wallet.Sign = static transaction => transaction;
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Contains("locked", Answer<ChannelCommand.FundingFailed>(Alice).Reason, StringComparison.Ordinal);
        _wallet.Sign = static transaction => new Transaction(transaction.Version, transaction.Inputs, transaction.Outputs, transaction.LockTime + 1);
        wallet.Tell(Fund(Alice, 100_000));
        Assert.Contains("changed", Answer<ChannelCommand.FundingFailed>(Alice).Reason, StringComparison.Ordinal);
        _wallet.Sign = null;
        wallet.Tell(Fund(Bob, 100_000));
        Answer<ChannelCommand.FundingMade>(Bob);
    }

    [Fact]
    public void A_lock_is_forgotten_long_after_its_coins_were_spent()
    {
        _wallet.Coins.Add(Coin(1, 200_000));
        var wallet = Started();
        Runtime.Tip.Set(new Actors.Chain.NewTip(new ChainTip(1_000, default), 0));
        wallet.Tell(Fund(Alice, 100_000));
        Answer<ChannelCommand.FundingMade>(Alice);
        Runtime.Tip.Set(new Actors.Chain.NewTip(new ChainTip(4_000, default), 0));
        _wallet.Coins.Add(Coin(2, 200_000));
        wallet.Tell(Fund(Bob, 100_000));
        Answer<ChannelCommand.FundingMade>(Bob);
        Assert.Equal(3, Events("wallet"));
        _wallet.Coins.Clear();
        _wallet.Coins.Add(Coin(3, 200_000));
        wallet.Tell(Fund(new LocalChannelKey(1, 3), 100_000));
        Answer<ChannelCommand.FundingMade>(new LocalChannelKey(1, 3));
        Assert.Equal(5, Events("wallet"));
    }

    [Fact]
    public void What_the_wallet_says_and_keeps_survives_its_bytes()
    {
        var transaction = ScriptedChain.Spend(ScriptedChain.Output(1));
        var locked = CoinsLocked.By(Alice, transaction, 1, 800_000);
        foreach (var sample in (object[])[locked, new CoinsReleased(Alice), Fund(Alice, 5), new ReleaseCoins(Bob), GetBalance.Instance, new WalletBalance(new(1), new(2), new(3), new(4))])
        {
            var format = LightningSerializer.Formats.Find(sample.GetType())!;
            Assert.Equal(sample, format.Read(format.Write(sample), null!));
        }

        var state = WalletState.Empty.Apply(locked).Apply(CoinsLocked.By(Bob, ScriptedChain.Spend(ScriptedChain.Output(2)), 0, 5)).Apply(new CoinsReleased(Bob));
        var snapshot = new WalletSnapshot([.. state.Locks.Values]);
        var snapshots = LightningSerializer.Formats.Find(typeof(WalletSnapshot))!;
        var read = WalletState.Of((WalletSnapshot)snapshots.Read(snapshots.Write(snapshot), null!));
        Assert.Equal(state.Locks, read.Locks);
        Assert.Equal([ScriptedChain.Output(1)], read.Locked);
    }
}
