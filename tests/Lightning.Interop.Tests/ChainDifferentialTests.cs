using System.Text.Json.Nodes;
using Lightning.Bitcoin.Addresses;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Chain.BitcoinCore;
using Lightning.Chain.Simulated;
using Lightning.Chain.Wallet;
using Lightning.Interop.Tests.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lightning.Interop.Tests;

/// <summary>
/// The simulated chain against bitcoind: the same transactions are offered to both, to bitcoind through <c>testmempoolaccept</c> first, and
/// both must give the same verdict. What the simulation takes and bitcoind would not would make every test above it a lie.
/// </summary>
[Collection("processes")]
public sealed class ChainDifferentialTests
{
    private static readonly Key Alice = Key.FromBytes([.. Enumerable.Repeat((byte)0x11, 32)]);
    private static readonly Key Bob = Key.FromBytes([.. Enumerable.Repeat((byte)0x22, 32)]);
    private static readonly Script AliceScript = ScriptTemplates.P2wpkh(Alice.PubKey);
    private static readonly Script Multisig = ScriptTemplates.MultiSig2Of2(Alice.PubKey, Bob.PubKey);
    private static readonly Script Delayed = new ScriptBuilder().Number(5).Op(OpCode.OP_CHECKSEQUENCEVERIFY, OpCode.OP_DROP).Push(Alice.PubKey).Op(OpCode.OP_CHECKSIG).Build();
    private static readonly Satoshi Million = new(1_000_000);

    /// <summary>Every case gets fresh coins on each chain and ends with the offer that is judged.</summary>
    private static readonly (string Name, Func<World, Task<BroadcastOutcome>> Case)[] Cases =
    [
        ("a plain payment", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 999_000))),
        ("the same payment twice", async w =>
        {
            var payment = Pay(await w.FundAsync(AliceScript), 999_000);
            await w.OfferAsync(payment);
            return await w.OfferAgainAsync(payment);
        }),
        ("a payment that is confirmed already", async w =>
        {
            var payment = Pay(await w.FundAsync(AliceScript), 999_000);
            await w.OfferAsync(payment);
            await w.MineAsync(1);
            return await w.OfferAgainAsync(payment);
        }),
        ("a signature of another key", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 999_000, Bob))),
        ("a signature over another amount", async w =>
        {
            var coin = await w.FundAsync(AliceScript);
            return await w.OfferAsync(Pay(coin with { Output = coin.Output with { Value = new Satoshi(999_999) } }, 998_000));
        }),
        ("outputs above the inputs", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 1_000_001))),
        ("no fee", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 1_000_000))),
        ("one satoshi less than the minimum fee", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 1_000_000 - 109))),
        ("the minimum fee", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 1_000_000 - 110))),
        ("a dust output", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 293))),
        ("the least output that is no dust", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 294))),
        ("an input that does not exist", async w =>
            await w.OfferAsync(Pay(new Coin(new OutPoint(new TxId(Hashes.Sha256("nothing"u8)), 0), new TxOut(Million, AliceScript), 1), 999_000))),
        ("a coin that is spent in the chain", async w =>
        {
            var coin = await w.FundAsync(AliceScript);
            await w.OfferAsync(Pay(coin, 999_000));
            await w.MineAsync(1);
            return await w.OfferAsync(Pay(coin, 998_000));
        }),
        ("a replacement that pays less", async w => await ReplaceAsync(w, 998_000, 999_000)),
        ("a replacement that pays one satoshi more", async w => await ReplaceAsync(w, 998_000, 997_999)),
        ("a replacement that pays enough", async w => await ReplaceAsync(w, 998_000, 990_000)),
        ("a replacement of a payment that does not signal it", async w => await ReplaceAsync(w, 998_000, 990_000, 0xFFFFFFFF)),
        ("a lock time in the future", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 999_000, lockTime: await w.HeightAsync() + 1))),
        ("a lock time that has just passed", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 999_000, lockTime: await w.HeightAsync()))),
        ("a lock time that final sequences switch off", async w =>
            await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 999_000, sequence: 0xFFFFFFFF, lockTime: await w.HeightAsync() + 100))),
        ("a relative lock one block too early", async w => await SpendDelayedAsync(w, sequence: 5, waited: 3)),
        ("a relative lock on time", async w => await SpendDelayedAsync(w, sequence: 5, waited: 4)),
        ("a relative lock that is too short for the script", async w => await SpendDelayedAsync(w, sequence: 4, waited: 10)),
        ("a relative lock of version 1", async w => await SpendDelayedAsync(w, sequence: 5, waited: 10, version: 1)),
        ("two of two signatures", async w => await SpendMultisigAsync(w, Alice, Bob)),
        ("two of two signatures in the wrong order", async w => await SpendMultisigAsync(w, Bob, Alice)),
        ("one of two signatures twice", async w => await SpendMultisigAsync(w, Alice, Alice)),
        ("a taproot key path", async w => await SpendTaprootAsync(w, good: true)),
        ("a taproot key path with a bad signature", async w => await SpendTaprootAsync(w, good: false)),
        ("a child of an unconfirmed parent", async w =>
        {
            var parent = Pay(await w.FundAsync(AliceScript), 999_000);
            await w.OfferAsync(parent);
            return await w.OfferAsync(Pay(CoinOf(parent), 998_000));
        }),
        ("a data output", async w =>
        {
            var coin = await w.FundAsync(AliceScript);
            return await w.OfferAsync(Sign(coin, new Transaction(2, [Input(coin)], [new TxOut(Satoshi.Zero, ScriptTemplates.OpReturn("lightning"u8))], 0), Alice));
        }),
        ("a version that is not relayed", async w => await w.OfferAsync(Pay(await w.FundAsync(AliceScript), 999_000, version: 4))),
        ("a package: version 3 parent without a fee, child pays for both", async w => await PackageAsync(w, version: 3, childFee: 2_000)),
        ("a package: version 3 parent without a fee, child pays too little", async w => await PackageAsync(w, version: 3, childFee: 50)),
        ("a package: version 2 parent without a fee", async w => await PackageAsync(w, version: 2, childFee: 2_000)),
    ];

    [SkippableFact]
    public async Task The_simulated_chain_and_bitcoind_give_the_same_verdicts()
    {
        await using var bitcoind = await Bitcoind.StartAsync("-minrelaytxfee=0.00001", "-incrementalrelayfee=0.00001");
        await using var backend = await BitcoinCoreBackend.ConnectAsync(bitcoind.Options with { ZmqBlock = null }, Network.Regtest, TimeProvider.System, NullLogger.Instance, default);
        var real = new RealWorld(bitcoind, backend);
        var simulated = new SimulatedWorld(new SimulatedChain(TimeProvider.System));
        await simulated.MineAsync(110);

        var differences = new List<string>();
        foreach (var (name, verdictOf) in Cases)
        {
            var expected = await verdictOf(real);
            var actual = await verdictOf(simulated);
            if (expected != actual) differences.Add($"{name}: bitcoind says {expected} ({real.LastReason}), the simulated chain {actual} ({simulated.LastReason})");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static TxIn Input(Coin coin, uint sequence = 0xFFFFFFFD) => new(coin.OutPoint, Script.Empty, sequence, Witness.Empty);

    private static Coin CoinOf(Transaction transaction) => new(new OutPoint(transaction.TxId, 0), transaction.Outputs[0], 0);

    private static Transaction Pay(Coin coin, long sat, Key? key = null, uint sequence = 0xFFFFFFFD, uint lockTime = 0, uint version = 2) =>
        Sign(coin, new Transaction(version, [Input(coin, sequence)], [new TxOut(new Satoshi(sat), AliceScript)], lockTime), key ?? Alice);

    private static Transaction Sign(Coin coin, Transaction transaction, Key key)
    {
        var hash = SigHash.SegwitV0(transaction, 0, ScriptTemplates.P2pkh(Alice.PubKey), coin.Output.Value);
        return transaction.WithWitness(0, new Witness([Signature(key, hash), new Bytes(Alice.PubKey.Span)]));
    }

    private static Bytes Signature(Key key, Bytes32 hash) => Bytes.Wrap([.. key.SignLowR(hash).ToDer(), (byte)SigHashType.All]);

    private static async Task<BroadcastOutcome> ReplaceAsync(World world, long first, long second, uint sequence = 0xFFFFFFFD)
    {
        var coin = await world.FundAsync(AliceScript);
        await world.OfferAsync(Pay(coin, first, sequence: sequence));
        return await world.OfferAsync(Pay(coin, second, sequence: sequence));
    }

    private static async Task<BroadcastOutcome> SpendDelayedAsync(World world, uint sequence, int waited, uint version = 2)
    {
        var coin = await world.FundAsync(ScriptTemplates.P2wsh(Delayed));
        await world.MineAsync(waited);
        var transaction = new Transaction(version, [Input(coin, sequence)], [new TxOut(new Satoshi(990_000), AliceScript)], 0);
        var hash = SigHash.SegwitV0(transaction, 0, Delayed, coin.Output.Value);
        return await world.OfferAsync(transaction.WithWitness(0, new Witness([Signature(Alice, hash), Delayed.Bytes])));
    }

    private static async Task<BroadcastOutcome> SpendMultisigAsync(World world, Key first, Key second)
    {
        var coin = await world.FundAsync(ScriptTemplates.P2wsh(Multisig));
        var transaction = new Transaction(2, [Input(coin)], [new TxOut(new Satoshi(990_000), AliceScript)], 0);
        var hash = SigHash.SegwitV0(transaction, 0, Multisig, coin.Output.Value);
        var (one, two) = Alice.PubKey.CompareTo(Bob.PubKey) < 0 ? (first, second) : (second, first);
        return await world.OfferAsync(transaction.WithWitness(0, new Witness([Bytes.Empty, Signature(one, hash), Signature(two, hash), Multisig.Bytes])));
    }

    private static async Task<BroadcastOutcome> SpendTaprootAsync(World world, bool good)
    {
        var tweak = Alice.PubKey.ToXOnly().TapTweak();
        var script = ScriptTemplates.P2tr(Alice.PubKey.ToXOnly().TweakAdd(tweak).Key);
        var coin = await world.FundAsync(script);
        var transaction = new Transaction(2, [Input(coin)], [new TxOut(new Satoshi(990_000), AliceScript)], 0);
        var hash = SigHash.Taproot(transaction, 0, new SpentOutputs([coin.Output]));
        using var key = good ? Alice.TaprootTweak(tweak) : Bob.TaprootTweak(tweak);
        return await world.OfferAsync(transaction.WithWitness(0, new Witness([new Bytes(key.SignSchnorr(hash.Span, Bytes32.Zero).Span)])));
    }

    private static async Task<BroadcastOutcome> PackageAsync(World world, uint version, long childFee)
    {
        var parent = Pay(await world.FundAsync(AliceScript), 1_000_000, version: version);
        return await world.OfferPackageAsync(parent, Pay(CoinOf(parent), 1_000_000 - childFee, version: version));
    }

    /// <summary>A chain that a case is played on.</summary>
    private abstract class World
    {
        public string LastReason { get; protected set; } = "";

        public abstract Task<Coin> FundAsync(Script script);

        public abstract Task MineAsync(int blocks);

        public abstract Task<uint> HeightAsync();

        /// <summary>Offers a transaction that the chain does not know.</summary>
        public abstract Task<BroadcastOutcome> OfferAsync(Transaction transaction);

        public abstract Task<BroadcastOutcome> OfferAgainAsync(Transaction transaction);

        public abstract Task<BroadcastOutcome> OfferPackageAsync(Transaction parent, Transaction child);

        protected BroadcastOutcome Note(BroadcastResult result)
        {
            LastReason = result.Reason;
            return result.Outcome;
        }
    }

    private sealed class RealWorld(Bitcoind bitcoind, BitcoinCoreBackend backend) : World
    {
        public override async Task<Coin> FundAsync(Script script)
        {
            var address = BitcoinAddress.FromScriptPubKey(script, Network.Regtest)!;
            var txid = await bitcoind.FundAsync(address.ToString(), 0.01m);
            var transaction = Transaction.FromHex((await bitcoind.CallAsync("getrawtransaction", txid)).GetString()!);
            var index = transaction.Outputs.ToList().FindIndex(o => o.ScriptPubKey == script);
            return new Coin(new OutPoint(transaction.TxId, (uint)index), transaction.Outputs[index], 1);
        }

        public override Task MineAsync(int blocks) => bitcoind.MineAsync(blocks);

        public override Task<uint> HeightAsync() => bitcoind.HeightAsync();

        public override async Task<BroadcastOutcome> OfferAsync(Transaction transaction)
        {
            var hex = Convert.ToHexStringLower(transaction.ToBytes());
            var verdict = (await bitcoind.CallAsync("testmempoolaccept", new JsonArray(hex), 0))[0];
            var offered = Note(await backend.BroadcastAsync(transaction, default));
            Assert.Equal(verdict.GetProperty("allowed").GetBoolean(), offered == BroadcastOutcome.Accepted);
            return offered;
        }

        public override async Task<BroadcastOutcome> OfferAgainAsync(Transaction transaction) =>

            // bitcoind takes a transaction of its mempool once more; the interface promises only that it is known.
            Note(await backend.BroadcastAsync(transaction, default)) is BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown ? BroadcastOutcome.AlreadyKnown : BroadcastOutcome.Rejected;

        public override async Task<BroadcastOutcome> OfferPackageAsync(Transaction parent, Transaction child) => Note(await backend.BroadcastPackageAsync(parent, child, default));
    }

    private sealed class SimulatedWorld(SimulatedChain chain) : World
    {
        public override Task<Coin> FundAsync(Script script)
        {
            var transaction = chain.Fund(script, Million);
            chain.Mine();
            var index = transaction.Outputs.ToList().FindIndex(o => o.ScriptPubKey == script);
            return Task.FromResult(new Coin(new OutPoint(transaction.TxId, (uint)index), transaction.Outputs[index], 1));
        }

        public override Task MineAsync(int blocks)
        {
            chain.Mine(blocks);
            return Task.CompletedTask;
        }

        public override Task<uint> HeightAsync() => Task.FromResult(chain.Tip.Height);

        public override Task<BroadcastOutcome> OfferAsync(Transaction transaction) => Task.FromResult(Note(chain.Broadcast(transaction)));

        public override Task<BroadcastOutcome> OfferAgainAsync(Transaction transaction) =>
            Task.FromResult(Note(chain.Broadcast(transaction)) is BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown ? BroadcastOutcome.AlreadyKnown : BroadcastOutcome.Rejected);

        public override Task<BroadcastOutcome> OfferPackageAsync(Transaction parent, Transaction child) => Task.FromResult(Note(chain.BroadcastPackage(parent, child)));
    }
}
