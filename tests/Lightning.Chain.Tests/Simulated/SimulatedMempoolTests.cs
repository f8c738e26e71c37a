using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Tests.Simulated;

public sealed class SimulatedMempoolTests
{
    private const uint Sequence = 0xffff_fffd;
    private readonly World _world = new();

    [Fact]
    public void A_payment_is_accepted_once_and_then_known()
    {
        var payment = _world.Spend(1000, _world.NewCoin());

        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(payment));
        Assert.Equal(BroadcastOutcome.AlreadyKnown, _world.Send(payment));
        Assert.Equal(0u, _world.Chain.Confirmations(payment.TxId));
        _world.Chain.Mine();
        Assert.Equal(1u, _world.Chain.Confirmations(payment.TxId));
        Assert.Equal(BroadcastOutcome.AlreadyKnown, _world.Send(payment));
        Assert.Empty(_world.Chain.Mempool);
    }

    [Fact]
    public void A_payment_whose_outputs_are_all_spent_again_misses_its_inputs()
    {
        var payment = _world.Spend(1000, _world.NewCoin());
        _world.Send(payment);
        _world.Send(_world.Spend(1000, _world.Coin(payment)));
        _world.Chain.Mine();

        Assert.Equal(BroadcastOutcome.MissingInputs, _world.Send(payment));
    }

    [Fact]
    public async Task The_floor_is_what_the_mempool_takes_whatever_is_estimated()
    {
        _world.Chain.EstimatedFeerate = null;
        Assert.Equal(new MempoolFloor(new(250), new(250)), await _world.Chain.GetMempoolFloorAsync(default));

        _world.Chain.MinFeerate = new(3_000);
        Assert.Equal(new MempoolFloor(new(3_000), new(250)), await _world.Chain.GetMempoolFloorAsync(default));
    }

    [Fact]
    public async Task A_spend_is_found_while_it_is_in_the_mempool()
    {
        var coin = _world.NewCoin();
        Assert.Null(await _world.Chain.FindMempoolSpenderAsync(coin, default));

        _world.Send(_world.Spend(1_000, coin));
        var replacement = _world.Spend(10_000, coin);
        _world.Send(replacement);
        Assert.Equal(replacement, await _world.Chain.FindMempoolSpenderAsync(coin, default));

        _world.Chain.Mine();
        Assert.Null(await _world.Chain.FindMempoolSpenderAsync(coin, default));
    }

    [Fact]
    public void A_wrong_signature_is_refused()
    {
        var payment = _world.Spend(1000, _world.NewCoin());
        var stack = payment.Inputs[0].Witness.Stack;
        var bad = stack[0].ToArray();
        bad[10] ^= 1;

        var result = _world.Chain.Broadcast(payment.WithWitness(0, new Witness([new Bytes(bad), stack[1]])));

        Assert.Equal(BroadcastOutcome.Rejected, result.Outcome);
        Assert.Contains("NullFail", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_double_spend_must_pay_for_all_that_it_replaces()
    {
        var coin = _world.NewCoin();
        var first = _world.Spend(1000, coin);
        _world.Send(first);
        var child = _world.Spend(5000, _world.Coin(first));
        _world.Send(child);

        Assert.Equal(BroadcastOutcome.Conflict, _world.Send(_world.Spend(1000 + 5000 + 100, coin)));
        Assert.Contains(child, _world.Chain.Mempool);
        var replacement = _world.Spend(1000 + 5000 + 110, coin);
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(replacement));
        Assert.Equal([replacement], _world.Mempool);
    }

    [Fact]
    public void A_large_replacement_needs_a_better_feerate_not_only_a_higher_fee()
    {
        var coins = Enumerable.Range(0, 10).Select(_ => _world.NewCoin()).ToArray();
        _world.Send(_world.Spend(1000, coins[0]));

        Assert.Equal(BroadcastOutcome.Conflict, _world.Send(_world.Spend(4000, coins)));
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(_world.Spend(10_000, coins)));
    }

    [Fact]
    public void A_spend_of_what_a_confirmed_transaction_spent_misses_its_input()
    {
        var coin = _world.NewCoin();
        _world.Send(_world.Spend(1000, coin));
        _world.Chain.Mine();

        Assert.Equal(BroadcastOutcome.MissingInputs, _world.Send(_world.Spend(9000, coin)));
    }

    [Theory]
    [InlineData(109, BroadcastOutcome.FeeTooLow)]
    [InlineData(110, BroadcastOutcome.Accepted)]
    public void The_minimum_is_one_satoshi_a_virtual_byte(long fee, BroadcastOutcome expected)
    {
        var payment = _world.Spend(fee, _world.NewCoin());

        Assert.Equal(110, payment.VirtualSize);
        Assert.Equal(expected, _world.Send(payment));
    }

    [Fact]
    public void A_full_mempool_drops_what_pays_little_and_takes_a_package_instead()
    {
        var parent = _world.Spend(200, _world.NewCoin());
        var child = _world.Sign(2, 0, Sequence, [_world.Coin(parent)], [new TxOut(new Satoshi(900_000), _world.Address)], parent);
        _world.Send(parent);

        _world.Chain.MinFeerate = FeeratePerKw.FromSatPerVByte(10);

        Assert.Empty(_world.Chain.Mempool);
        Assert.Equal(BroadcastOutcome.FeeTooLow, _world.Send(parent));
        Assert.Equal(BroadcastOutcome.MissingInputs, _world.Send(child));
        Assert.Equal(BroadcastOutcome.Accepted, _world.Chain.BroadcastPackage(parent, child).Outcome);
        _world.Chain.MinFeerate = FeeratePerKw.FromSatPerVByte(11);
        Assert.Equal([parent, child], _world.Mempool);
    }

    [Fact]
    public void A_package_that_pays_too_little_together_is_refused()
    {
        _world.Chain.MinFeerate = FeeratePerKw.FromSatPerVByte(1);
        var coin = _world.NewCoin();
        _world.Chain.MinFeerate = FeeratePerKw.FromSatPerVByte(10);
        var parent = _world.Spend(200, coin);
        var child = _world.Sign(2, 0, Sequence, [_world.Coin(parent)], [new TxOut(parent.Outputs[0].Value - new Satoshi(1500), _world.Address)], parent);

        Assert.Equal(BroadcastOutcome.FeeTooLow, _world.Chain.BroadcastPackage(parent, child).Outcome);
        Assert.Empty(_world.Chain.Mempool);
        Assert.Equal(BroadcastOutcome.Rejected, _world.Chain.BroadcastPackage(child, parent).Outcome);
    }

    [Fact]
    public void A_package_replaces_what_its_parent_conflicts_with()
    {
        var (shared, own) = (_world.NewCoin(), _world.NewCoin());
        var theirs = _world.Spend(5000, shared);
        _world.Send(theirs);
        var parent = _world.Spend(200, shared);
        var poor = _world.Sign(2, 0, Sequence, [_world.Coin(parent), own], [new TxOut(new Satoshi(1_996_000), _world.Address)], parent);
        var rich = _world.Sign(2, 0, Sequence, [_world.Coin(parent), own], [new TxOut(new Satoshi(1_970_000), _world.Address)], parent);

        Assert.Equal(BroadcastOutcome.Conflict, _world.Chain.BroadcastPackage(parent, poor).Outcome);
        Assert.Equal([theirs], _world.Mempool);
        Assert.Equal(BroadcastOutcome.Accepted, _world.Chain.BroadcastPackage(parent, rich).Outcome);
        Assert.Equal([parent, rich], _world.Mempool);
    }

    [Theory]
    [InlineData("0014ffffffffffffffffffffffffffffffffffffffff", 294)]
    [InlineData("0020ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 330)]
    [InlineData("5120ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 330)]
    [InlineData("76a914ffffffffffffffffffffffffffffffffffffffff88ac", 546)]
    [InlineData("a914ffffffffffffffffffffffffffffffffffffffff87", 540)]
    [InlineData("51024e73", 240)]
    [InlineData("6a0401020304", 0)]
    public void Dust_is_refused_where_Bitcoin_Core_draws_the_line(string script, long limit)
    {
        var coin = _world.NewCoin();
        Transaction Paying(long amount) => _world.Sign(2, 0, Sequence, [coin], [new TxOut(new Satoshi(amount), Script.FromHex(script)), new TxOut(new Satoshi(900_000), _world.Address)]);

        if (limit > 0) Assert.Equal(BroadcastOutcome.Rejected, _world.Send(Paying(limit - 1)));
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(Paying(limit)));
    }

    [Fact]
    public void Lines_of_unconfirmed_transactions_end_at_25()
    {
        var last = _world.NewCoin();
        for (var i = 0; i < 25; i++)
        {
            var link = _world.Spend(200, last);
            Assert.Equal(BroadcastOutcome.Accepted, _world.Send(link));
            last = _world.Coin(link);
        }

        Assert.Equal(BroadcastOutcome.Rejected, _world.Send(_world.Spend(200, last)));
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(_world.Spend(200, last)));
    }

    [Fact]
    public void A_version_3_parent_without_fee_gets_in_with_a_child_that_spends_its_anchor()
    {
        var (coin, feeCoin) = (_world.NewCoin(), _world.NewCoin());
        var parent = _world.Sign(3, 0, Sequence, [coin], [new TxOut(new Satoshi(1_000_000), _world.Address), new TxOut(Satoshi.Zero, ScriptTemplates.P2a)]);
        Transaction Child(uint version, params OutPoint[] coins) => _world.Sign(version, 0, Sequence, coins, [new TxOut(new Satoshi(990_000), _world.Address)], parent);

        Assert.Equal(BroadcastOutcome.FeeTooLow, _world.Send(parent));
        Assert.Equal("missing-ephemeral-spends", _world.Chain.BroadcastPackage(parent, Child(3, _world.Coin(parent))).Reason);
        Assert.Equal("TRUC-violation", _world.Chain.BroadcastPackage(parent, Child(2, _world.Coin(parent, 1), feeCoin)).Reason);
        var child = Child(3, _world.Coin(parent, 1), feeCoin);
        Assert.Equal(BroadcastOutcome.Accepted, _world.Chain.BroadcastPackage(parent, child).Outcome);
        _world.Chain.Mine();
        Assert.Equal(1u, _world.Chain.Confirmations(child.TxId));
    }

    [Fact]
    public void A_version_3_sibling_is_evicted_by_one_that_pays_more()
    {
        var parent = _world.Sign(3, 0, Sequence, [_world.NewCoin()], [new TxOut(new Satoshi(400_000), _world.Address), new TxOut(new Satoshi(500_000), _world.Address)]);
        _world.Send(parent);
        var first = _world.Spend(1000, 3, 0, Sequence, _world.Coin(parent));
        _world.Send(first);

        Assert.Equal(BroadcastOutcome.Conflict, _world.Send(_world.Spend(1000, 3, 0, Sequence, _world.Coin(parent, 1))));
        var second = _world.Spend(2000, 3, 0, Sequence, _world.Coin(parent, 1));
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(second));
        Assert.Equal([parent, second], _world.Mempool);
        Assert.Equal("TRUC-violation", _world.Chain.Broadcast(_world.Spend(2000, 3, 0, Sequence, _world.Coin(second))).Reason);
    }

    [Fact]
    public void Odd_transactions_are_not_relayed_but_may_be_mined()
    {
        var coin = _world.NewCoin();
        var odd = _world.Sign(2, 0, Sequence, [coin], [new TxOut(new Satoshi(900_000), Script.FromHex("5151515151515151"))]);

        Assert.Equal(new BroadcastResult(BroadcastOutcome.Rejected, "scriptpubkey"), _world.Chain.Broadcast(odd));
        _world.Chain.MineOnly(odd);
        Assert.Equal(1u, _world.Chain.Confirmations(odd.TxId));
    }

    [Fact]
    public void Money_is_not_made_from_nothing()
    {
        var payment = _world.Sign(2, 0, Sequence, [_world.NewCoin()], [new TxOut(new Satoshi(1_000_001), _world.Address)]);

        Assert.Equal("bad-txns-in-belowout", _world.Chain.Broadcast(payment).Reason);
        Assert.Throws<InvalidOperationException>(() => _world.Chain.MineOnly(payment));
    }
}
