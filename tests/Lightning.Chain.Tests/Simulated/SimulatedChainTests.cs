using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Tests.Simulated;

public sealed class SimulatedChainTests
{
    private const uint Sequence = 0xffff_fffd;
    private readonly World _world = new();

    [Fact]
    public void It_starts_with_the_first_block_of_the_regression_test_network() =>
        Assert.Equal(new ChainTip(0, Network.Regtest.GenesisHash), _world.Chain.Tip);

    [Fact]
    public void The_same_calls_give_the_same_hashes()
    {
        static BlockHash Run()
        {
            var world = new World();
            world.Send(world.Spend(500, world.NewCoin()));
            world.Chain.Mine();
            world.Chain.InvalidateTip();
            world.Time.UnixSeconds += 60;
            return world.Chain.Mine(3)[^1].Hash;
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void A_block_pays_its_miner_subsidy_and_fees_after_100_blocks()
    {
        _world.Send(_world.Spend(777, _world.NewCoin()));
        var coinbase = _world.Chain.Mine(to: _world.Address)[0].Transactions[0];
        var spend = _world.Spend(1000, _world.Coin(coinbase));

        Assert.Equal(new Satoshi(5_000_000_777), coinbase.Outputs[0].Value);
        _world.Chain.Mine(98);
        Assert.Equal("bad-txns-premature-spend-of-coinbase", _world.Chain.Broadcast(spend).Reason);
        Assert.Throws<InvalidOperationException>(() => _world.Chain.MineOnly(spend));
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(spend));
    }

    [Fact]
    public void A_lock_time_in_blocks_holds_until_its_block()
    {
        var coin = _world.NewCoin();
        var spend = _world.Spend(1000, 2, _world.Chain.Tip.Height + 2, Sequence, coin);

        Assert.Equal(BroadcastOutcome.NotFinal, _world.Send(spend));
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.NotFinal, _world.Send(spend));
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(spend));
    }

    [Fact]
    public void A_lock_time_in_seconds_holds_until_the_median_time_has_passed()
    {
        var coin = _world.NewCoin();
        var spend = _world.Spend(1000, 2, World.Start + 1000, Sequence, coin);
        _world.Time.UnixSeconds += 2000;
        _world.Chain.Mine(5);

        Assert.Equal(BroadcastOutcome.NotFinal, _world.Send(spend));
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(spend));
    }

    [Fact]
    public void A_relative_lock_in_blocks_counts_from_the_coin()
    {
        var coin = _world.NewCoin();
        var spend = _world.Spend(1000, 2, 0, 3, coin);

        Assert.Equal(BroadcastOutcome.NotFinal, _world.Send(spend));
        Assert.Throws<InvalidOperationException>(() => _world.Chain.MineOnly(spend));
        _world.Chain.Mine(2);
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(spend));
    }

    [Fact]
    public void A_relative_lock_of_one_block_refuses_an_unconfirmed_parent()
    {
        var parent = _world.Spend(1000, _world.NewCoin());
        _world.Send(parent);
        var child = _world.Spend(1000, 2, 0, 1, _world.Coin(parent));

        Assert.Equal(BroadcastOutcome.NotFinal, _world.Send(child));
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(child));
    }

    [Fact]
    public void A_relative_lock_in_seconds_counts_median_times()
    {
        var coin = _world.NewCoin();
        var spend = _world.Spend(1000, 2, 0, (1u << 22) | 2, coin); // 1,024 seconds
        _world.Time.UnixSeconds += 1100;
        _world.Chain.Mine(5);

        Assert.Equal(BroadcastOutcome.NotFinal, _world.Send(spend));
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(spend));
    }

    [Fact]
    public void A_transaction_may_confirm_without_ever_being_in_the_mempool()
    {
        var coin = _world.NewCoin();
        var seen = _world.Spend(90_000, coin);
        _world.Send(seen);
        var child = _world.Spend(1000, _world.Coin(seen));
        _world.Send(child);
        var hidden = _world.Spend(0, coin);

        var block = _world.Chain.MineOnly(hidden);

        Assert.Equal([hidden], block.Transactions.Skip(1));
        Assert.Empty(_world.Chain.Mempool);
        Assert.Throws<InvalidOperationException>(() => _world.Chain.MineOnly(seen));
        Assert.Equal(block.Tip, _world.Chain.Tip);
    }

    [Fact]
    public void One_block_does_not_spend_one_coin_twice()
    {
        var coin = _world.NewCoin();

        Assert.Throws<InvalidOperationException>(() => _world.Chain.MineOnly(_world.Spend(1000, coin), _world.Spend(2000, coin)));
    }

    [Fact]
    public void Miners_leave_what_pays_too_little_unless_a_child_pays_for_it()
    {
        var stuck = _world.Spend(500, _world.NewCoin());
        _world.Chain.MiningFeerate = FeeratePerKw.FromSatPerVByte(20);
        _world.Send(stuck);

        Assert.Single(_world.Chain.Mine()[0].Transactions);
        var child = _world.Spend(5000, _world.Coin(stuck));
        _world.Send(child);
        Assert.Equal([stuck, child], _world.Chain.Mine()[0].Transactions.Skip(1));
    }

    [Fact]
    public async Task Unspent_outputs_are_those_of_the_best_chain()
    {
        var coin = _world.NewCoin();
        _world.Chain.Mine();
        _world.Send(_world.Spend(1000, coin));

        Assert.Equal(new UnspentOutput(new TxOut(new Satoshi(1_000_000), _world.Address), 2, false), await _world.Chain.GetUnspentAsync(coin, default));
        _world.Chain.Mine();
        Assert.Null(await _world.Chain.GetUnspentAsync(coin, default));
        _world.Chain.InvalidateTip();
        Assert.NotNull(await _world.Chain.GetUnspentAsync(coin, default));
    }

    [Fact]
    public async Task Blocks_are_found_by_height_up_to_the_tip()
    {
        var block = _world.Chain.Mine(2)[1];

        Assert.Equal(block, await _world.Chain.GetBlockAsync(2, default));
        Assert.Equal(block.Hash, await _world.Chain.GetBlockHashAsync(2, default));
        Assert.Equal(block.Tip, await _world.Chain.GetTipAsync(default));
        Assert.Null(await _world.Chain.GetBlockAsync(3, default));
        Assert.Null(await _world.Chain.GetBlockHashAsync(uint.MaxValue, default));
    }

    [Fact]
    public async Task The_estimate_and_the_mempools_floor_are_told_apart()
    {
        _world.Chain.EstimatedFeerate = new FeeratePerKw(300);
        Assert.Equal(new FeeratePerKw(300), await _world.Chain.EstimateFeerateAsync(6, default));
        _world.Chain.MinFeerate = new FeeratePerKw(400);
        Assert.Equal(new FeeratePerKw(300), await _world.Chain.EstimateFeerateAsync(6, default));
        Assert.Equal(new FeeratePerKw(400), (await _world.Chain.GetMempoolFloorAsync(default)).Minimum);
        _world.Chain.EstimatedFeerate = null;
        Assert.Null(await _world.Chain.EstimateFeerateAsync(6, default));
        Assert.Equal(new FeeratePerKw(400), (await _world.Chain.GetMempoolFloorAsync(default)).Minimum);
    }

    [Fact]
    public void The_faucet_pays_many_before_a_block_is_needed()
    {
        for (var i = 0; i < 60; i++) _world.Chain.Fund(_world.Address, new Satoshi(1_000_000));

        Assert.Equal(60, _world.Chain.Mempool.Length);
        Assert.Equal(61, _world.Chain.Mine()[0].Transactions.Length);
    }

    [Fact]
    public void Script_and_amount_of_a_2_of_2_are_checked_like_on_the_real_chain()
    {
        using var alice = Lightning.Bitcoin.Crypto.Key.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());
        using var bob = Lightning.Bitcoin.Crypto.Key.FromBytes(Enumerable.Repeat((byte)8, 32).ToArray());
        var script = ScriptTemplates.MultiSig2Of2(alice.PubKey, bob.PubKey);
        var (first, second) = alice.PubKey.CompareTo(bob.PubKey) < 0 ? (alice, bob) : (bob, alice);
        var funding = _world.Chain.Fund(script.ToP2wsh(), new Satoshi(500_000));
        var spend = new Transaction(2, [new TxIn(_world.Coin(funding), Script.Empty, Sequence, Witness.Empty)], [new TxOut(new Satoshi(499_000), _world.Address)], 0);
        Transaction Signed(long amount)
        {
            var hash = SigHash.SegwitV0(spend, 0, script, new Satoshi(amount));
            return spend.WithWitness(0, Witness.Of([], [.. first.Sign(hash).ToDer(), 1], [.. second.Sign(hash).ToDer(), 1], script.Bytes.ToArray()));
        }

        Assert.Equal(BroadcastOutcome.Rejected, _world.Send(Signed(499_999)));
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(Signed(500_000)));
    }
}
