using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;

namespace Lightning.Chain.Tests.Simulated;

public sealed class SimulatedWalletTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Addresses_are_fresh_and_of_the_chains_network()
    {
        var first = await _world.Wallet.NewAddressAsync(default);
        var second = await _world.Wallet.NewAddressAsync(default);

        Assert.NotEqual(first, second);
        Assert.StartsWith("bcrt1q", first.Address, StringComparison.Ordinal);
        Assert.Equal(ScriptType.P2wpkh, first.ScriptPubKey.TypeOf());
    }

    [Fact]
    public async Task Coins_are_listed_with_their_confirmations_until_the_mempool_spends_them()
    {
        var coin = _world.NewCoin();
        var waiting = _world.Chain.Fund(_world.Address, new Satoshi(5000));

        var coins = await _world.Wallet.ListUnspentAsync(default);
        Assert.Equal([0u, 1u], coins.Select(c => c.Confirmations).Order());
        Assert.Contains(coins, c => c.OutPoint == coin && c.Output.Value == new Satoshi(1_000_000));
        Assert.Contains(coins, c => c.OutPoint == _world.Coin(waiting));

        var spend = _world.Spend(1000, coin);
        _world.Send(spend);
        Assert.Equal(new[] { _world.Coin(spend), _world.Coin(waiting) }.Order(), (await _world.Wallet.ListUnspentAsync(default)).Select(c => c.OutPoint));
    }

    [Fact]
    public async Task Immature_coinbases_are_not_listed()
    {
        _world.Chain.Mine(to: _world.Address);
        _world.Chain.Mine(98);
        Assert.Empty(await _world.Wallet.ListUnspentAsync(default));
        _world.Chain.Mine();
        Assert.Single(await _world.Wallet.ListUnspentAsync(default));
    }

    [Fact]
    public async Task After_a_restart_the_same_key_finds_the_same_coins_and_gives_out_no_address_twice()
    {
        var addresses = new List<WalletAddress>();
        for (var i = 0; i < 150; i++) addresses.Add(await _world.Wallet.NewAddressAsync(default));
        _world.Chain.Fund(addresses[80].ScriptPubKey, new Satoshi(10_000));
        _world.Chain.Fund(addresses[149].ScriptPubKey, new Satoshi(20_000));
        _world.Chain.Mine();

        var restarted = World.NewWallet(_world.Chain, 1);

        Assert.Equal((await _world.Wallet.ListUnspentAsync(default)).AsEnumerable(), (await restarted.ListUnspentAsync(default)).AsEnumerable());
        Assert.DoesNotContain(await restarted.NewAddressAsync(default), addresses);
    }

    [Fact]
    public async Task Only_its_own_inputs_are_signed()
    {
        var other = World.NewWallet(_world.Chain, 2);
        var otherAddress = (await other.NewAddressAsync(default)).ScriptPubKey;
        var theirs = _world.Coin(_world.Chain.Fund(otherAddress, new Satoshi(50_000)));
        var ours = _world.NewCoin();
        TxOut[] spent = [new TxOut(new Satoshi(50_000), otherAddress), new TxOut(new Satoshi(1_000_000), _world.Address)];
        var unsigned = new Transaction(2, [new TxIn(theirs, Script.Empty, 0, Witness.Empty), new TxIn(ours, Script.Empty, 0, Witness.Empty)], [new TxOut(new Satoshi(1_040_000), _world.Address)], 0);

        var half = await _world.Wallet.SignAsync(unsigned, spent, default);
        Assert.True(half.Inputs[0].Witness.IsEmpty);
        Assert.Equal(BroadcastOutcome.Rejected, _world.Send(half));

        var whole = await other.SignAsync(half, spent, default);
        Assert.Equal(half.Inputs[1].Witness, whole.Inputs[1].Witness);
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(whole));
        await Assert.ThrowsAsync<ArgumentException>(() => other.SignAsync(half, spent[..1], default));
    }

    [Fact]
    public async Task A_selection_pays_at_least_its_feerate()
    {
        for (var i = 1; i <= 5; i++) _world.Chain.Fund(_world.Address, new Satoshi(10_000 * i));
        _world.Chain.Mine();
        var feerate = FeeratePerKw.FromSatPerVByte(5);
        var output = new TxOut(new Satoshi(70_000), _world.Address);
        var selection = CoinSelection.Select(await _world.Wallet.ListUnspentAsync(default), output.Value, output.Size * 4, feerate)!;

        var outputs = selection.Change > Satoshi.Zero ? new[] { output, new TxOut(selection.Change, _world.Address) } : [output];
        var payment = _world.Sign(2, 0, 0xffff_fffd, [.. selection.Coins.Select(c => c.OutPoint)], [.. outputs]);

        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(payment));
        Assert.True(selection.Fee >= feerate.Fee(payment.Weight));
        Assert.True(selection.Fee <= feerate.Fee(payment.Weight + 60));
    }
}
