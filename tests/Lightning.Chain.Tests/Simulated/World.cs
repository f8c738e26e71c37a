using System.Collections.Immutable;
using Lightning.Bitcoin.Keys;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Simulated;

namespace Lightning.Chain.Tests.Simulated;

/// <summary>A chain with a wallet that has coins.</summary>
internal sealed class World
{
    public const uint Start = 1_700_000_000;

    public World(int seed = 1)
    {
        Time = new ManualTime(Start);
        Chain = new SimulatedChain(Time);
        Wallet = NewWallet(Chain, seed);
        Address = Wallet.NewAddressAsync(default).GetAwaiter().GetResult().ScriptPubKey;
    }

    public ManualTime Time { get; }

    public SimulatedChain Chain { get; }

    public SimulatedWallet Wallet { get; }

    public Script Address { get; }

    public IEnumerable<Transaction> Mempool => Chain.Mempool;

    public static SimulatedWallet NewWallet(SimulatedChain chain, int seed) => new(chain, ExtKey.FromSeed(Enumerable.Repeat((byte)seed, 32).ToArray()));

    /// <summary>A confirmed coin of the wallet.</summary>
    public OutPoint NewCoin(long amount = 1_000_000)
    {
        var coin = new OutPoint(Chain.Fund(Address, new Satoshi(amount)).TxId, 0);
        Chain.Mine();
        return coin;
    }

    /// <summary>A signed transaction that spends coins of the wallet to one output of it, all minus the fee.</summary>
    public Transaction Spend(long fee, params OutPoint[] coins) => Spend(fee, 2, 0, 0xffff_fffd, coins);

    public Transaction Spend(long fee, uint version, uint lockTime, uint sequence, params OutPoint[] coins) =>
        Sign(version, lockTime, sequence, coins, [new TxOut(ValueOf(coins) - new Satoshi(fee), Address)]);

    public Transaction Sign(uint version, uint lockTime, uint sequence, OutPoint[] coins, ImmutableArray<TxOut> outputs, params Transaction[] parents)
    {
        var unsigned = new Transaction(version, [.. coins.Select(c => new TxIn(c, Script.Empty, sequence, Witness.Empty))], outputs, lockTime);
        return Wallet.SignAsync(unsigned, [.. coins.Select(c => OutputOf(c, parents))], default).GetAwaiter().GetResult();
    }

    public BroadcastOutcome Send(Transaction transaction) => Chain.Broadcast(transaction).Outcome;

    public OutPoint Coin(Transaction transaction, uint index = 0) => new(transaction.TxId, index);

    private Satoshi ValueOf(OutPoint[] coins) => coins.Aggregate(Satoshi.Zero, (sum, coin) => sum + OutputOf(coin, []).Value);

    private TxOut OutputOf(OutPoint coin, Transaction[] parents) =>
        (parents.FirstOrDefault(p => p.TxId == coin.TxId) ?? Chain.FindTransaction(coin.TxId) ?? throw new InvalidOperationException($"{coin} is unknown")).Outputs[(int)coin.Index];
}
