using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Chain.BitcoinCore;
using Lightning.Interop.Tests.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lightning.Interop.Tests;

/// <summary>The Bitcoin Core backend against a real bitcoind on regtest.</summary>
[Collection("processes")]
public sealed class BitcoinCoreTests
{
    private static readonly CancellationToken Limit = CancellationToken.None;

    [SkippableFact]
    public async Task Blocks_are_followed_in_order_through_a_reorganisation_and_a_restart_of_bitcoind()
    {
        await using var bitcoind = await Bitcoind.StartAsync();
        await using var backend = await ConnectAsync(bitcoind, zmq: true);
        var start = await backend.GetTipAsync(Limit);
        await using var events = backend.FollowAsync(start, Limit).GetAsyncEnumerator(Limit);

        await bitcoind.MineAsync(2);
        var first = Assert.IsType<ChainEvent.BlockConnected>(await NextAsync(events));
        var second = Assert.IsType<ChainEvent.BlockConnected>(await NextAsync(events));
        Assert.Equal(start.Hash, first.Block.PreviousHash);
        Assert.Equal(start.Height + 2, second.Block.Height);

        // To another address, or the same block would come back.
        await bitcoind.CallAsync("invalidateblock", first.Block.Hash.ToString());
        var elsewhere = (await bitcoind.WalletCallAsync("getnewaddress")).GetString()!;
        await bitcoind.CallAsync("generatetoaddress", 3, elsewhere);
        Assert.Equal(second.Block.Tip, Assert.IsType<ChainEvent.BlockDisconnected>(await NextAsync(events)).Tip);
        var back = Assert.IsType<ChainEvent.BlockDisconnected>(await NextAsync(events));
        Assert.Equal(start.Hash, back.PreviousHash);
        for (var height = start.Height + 1; height <= start.Height + 3; height++)
        {
            Assert.Equal(height, Assert.IsType<ChainEvent.BlockConnected>(await NextAsync(events)).Block.Height);
        }

        await bitcoind.RestartAsync();
        await bitcoind.MineAsync(1);
        Assert.Equal(start.Height + 4, Assert.IsType<ChainEvent.BlockConnected>(await NextAsync(events)).Block.Height);
    }

    [SkippableFact]
    public async Task The_wallet_pays_and_bitcoind_takes_it()
    {
        await using var bitcoind = await Bitcoind.StartAsync();
        await using var backend = await ConnectAsync(bitcoind, zmq: false);
        var wallet = await BitcoinCoreWallet.OpenAsync(backend.Rpc, "miner", Limit);
        var address = await wallet.NewAddressAsync(Limit);
        await bitcoind.FundAsync(address.Address, 0.5m);
        var coin = (await wallet.ListUnspentAsync(Limit)).Single(c => c.Output.ScriptPubKey == address.ScriptPubKey);
        Assert.True(coin.IsNativeSegwit);
        Assert.Equal(new Satoshi(50_000_000), coin.Output.Value);

        var unsigned = new Transaction(2, [new TxIn(coin.OutPoint, Script.Empty, 0xFFFFFFFD, Witness.Empty)], [new TxOut(new Satoshi(49_999_000), address.ScriptPubKey)], 0);
        var signed = await wallet.SignAsync(unsigned, [coin.Output], Limit);
        Assert.Equal(unsigned.TxId, signed.TxId);
        Assert.Equal(BroadcastOutcome.Accepted, (await backend.BroadcastAsync(signed, Limit)).Outcome);
        Assert.True((await backend.BroadcastAsync(signed, Limit)).IsKnown);

        await bitcoind.MineAsync(1);
        Assert.True((await backend.BroadcastAsync(signed, Limit)).IsKnown);
        var unspent = await backend.GetUnspentAsync(new OutPoint(signed.TxId, 0), Limit);
        Assert.Equal(1u, unspent!.Confirmations);
        Assert.Equal(new Satoshi(49_999_000), unspent.Output.Value);
        Assert.Null(await backend.GetUnspentAsync(coin.OutPoint, Limit));

        var conflicting = new Transaction(2, unsigned.Inputs, [new TxOut(new Satoshi(49_998_000), address.ScriptPubKey)], 0);
        var refused = await backend.BroadcastAsync(await wallet.SignAsync(conflicting, [coin.Output], Limit), Limit);
        Assert.Equal(BroadcastOutcome.MissingInputs, refused.Outcome);
    }

    [SkippableFact]
    public async Task The_wallet_signs_for_its_coins_beside_inputs_that_it_knows_nothing_of()
    {
        await using var bitcoind = await Bitcoind.StartAsync();
        await using var backend = await ConnectAsync(bitcoind, zmq: false);
        var wallet = await BitcoinCoreWallet.OpenAsync(backend.Rpc, "miner", Limit);
        var (first, second) = (await wallet.NewAddressAsync(Limit), await wallet.NewAddressAsync(Limit));
        await bitcoind.FundAsync(first.Address, 0.5m);
        await bitcoind.FundAsync(second.Address, 0.25m);
        var coins = await wallet.ListUnspentAsync(Limit);
        var (one, other) = (coins.Single(c => c.Output.ScriptPubKey == first.ScriptPubKey), coins.Single(c => c.Output.ScriptPubKey == second.ScriptPubKey));

        // A script that nobody's wallet holds, in a transaction that bitcoind has not seen: as an anchor of a commitment that pays too little by itself.
        var witnessScript = Script.FromHex("51");
        var foreign = new TxOut(new Satoshi(100_000), ScriptTemplates.P2wsh(witnessScript));
        var parent = await wallet.SignAsync(
            new Transaction(2, [new TxIn(one.OutPoint, Script.Empty, 0xFFFFFFFD, Witness.Empty)], [foreign, new TxOut(one.Output.Value - new Satoshi(100_200), first.ScriptPubKey)], 0), [one.Output], Limit);
        var unsigned = new Transaction(
            2,
            [new TxIn(new OutPoint(parent.TxId, 0), Script.Empty, 0xFFFFFFFD, Witness.Empty), new TxIn(other.OutPoint, Script.Empty, 0xFFFFFFFD, Witness.Empty)],
            [new TxOut(foreign.Value + other.Output.Value - new Satoshi(5_000), second.ScriptPubKey)],
            0);
        var signed = await wallet.SignAsync(unsigned, [foreign, other.Output], Limit);
        Assert.Equal(unsigned.TxId, signed.TxId);
        Assert.True(signed.Inputs[0].Witness.IsEmpty);
        Assert.False(signed.Inputs[1].Witness.IsEmpty);

        // The channel signs last.
        var child = signed.WithWitness(0, Witness.Of(witnessScript.Bytes.ToArray()));
        Assert.Equal(BroadcastOutcome.Accepted, (await backend.BroadcastPackageAsync(parent, child, Limit)).Outcome);
        await bitcoind.MineAsync(1);
        Assert.NotNull(await backend.GetUnspentAsync(new OutPoint(child.TxId, 0), Limit));
    }

    [SkippableFact]
    public async Task The_mempools_floor_is_known_without_any_estimate()
    {
        await using var bitcoind = await Bitcoind.StartAsync("-minrelaytxfee=0.00003", "-incrementalrelayfee=0.00002");
        await using var backend = await ConnectAsync(bitcoind, zmq: false);
        Assert.Null(await backend.EstimateFeerateAsync(6, Limit));
        Assert.Equal(new MempoolFloor(new(750), new(500)), await backend.GetMempoolFloorAsync(Limit));
    }

    [SkippableFact]
    public async Task A_spend_is_found_while_it_is_in_the_mempool()
    {
        await using var bitcoind = await Bitcoind.StartAsync();
        await using var backend = await ConnectAsync(bitcoind, zmq: false);
        var wallet = await BitcoinCoreWallet.OpenAsync(backend.Rpc, "miner", Limit);
        var address = await wallet.NewAddressAsync(Limit);
        await bitcoind.FundAsync(address.Address, 0.5m);
        var coin = (await wallet.ListUnspentAsync(Limit)).Single(c => c.Output.ScriptPubKey == address.ScriptPubKey);
        Assert.Null(await backend.FindMempoolSpenderAsync(coin.OutPoint, Limit));

        var spend = await SpendAsync(10_000);
        Assert.Equal(spend, await backend.FindMempoolSpenderAsync(coin.OutPoint, Limit));
        var replacement = await SpendAsync(20_000);
        Assert.Equal(replacement, await backend.FindMempoolSpenderAsync(coin.OutPoint, Limit));
        Assert.Null(await backend.FindMempoolSpenderAsync(new OutPoint(replacement.TxId, 0), Limit));

        await bitcoind.MineAsync(1);
        Assert.Null(await backend.FindMempoolSpenderAsync(coin.OutPoint, Limit));

        async Task<Transaction> SpendAsync(long fee)
        {
            var unsigned = new Transaction(2, [new TxIn(coin.OutPoint, Script.Empty, 0xFFFFFFFD, Witness.Empty)], [new TxOut(coin.Output.Value - new Satoshi(fee), address.ScriptPubKey)], 0);
            var signed = await wallet.SignAsync(unsigned, [coin.Output], Limit);
            Assert.Equal(BroadcastOutcome.Accepted, (await backend.BroadcastAsync(signed, Limit)).Outcome);
            return signed;
        }
    }

    [SkippableFact]
    public async Task A_bitcoind_of_another_network_is_refused_by_name()
    {
        await using var bitcoind = await Bitcoind.StartAsync();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            BitcoinCoreBackend.ConnectAsync(bitcoind.Options, Network.Mainnet, TimeProvider.System, NullLogger.Instance, Limit));
        Assert.Contains("mainnet", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<BitcoinCoreBackend> ConnectAsync(Bitcoind bitcoind, bool zmq) => BitcoinCoreBackend.ConnectAsync(
        zmq ? bitcoind.Options : bitcoind.Options with { ZmqBlock = null, PollInterval = TimeSpan.FromMilliseconds(100) }, Network.Regtest, TimeProvider.System, NullLogger.Instance, Limit);

    private static async Task<ChainEvent> NextAsync(IAsyncEnumerator<ChainEvent> events) =>
        await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)) ? events.Current : throw new InvalidOperationException("the chain ended");
}
