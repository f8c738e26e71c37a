using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;

namespace Lightning.Actors.Tests.Wallet;

/// <summary>A wallet of the coins that a test gives it. Its signatures are never the same twice, as a taproot wallet's may be.</summary>
internal sealed class ScriptedWallet : IChainWallet
{
    private readonly Lock _gate = new();
    private int _addresses;
    private byte _signatures;

    /// <summary>What there is.</summary>
    public List<Coin> Coins { get; } = [];

    /// <summary>Waited for before a transaction is signed.</summary>
    public Task MaySign { get; set; } = Task.CompletedTask;

    /// <summary>Thrown instead of an answer.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>What signing makes of a transaction.</summary>
    public Func<Transaction, Transaction>? Sign { get; set; }

    /// <summary>Transactions signed.</summary>
    public int Signed;

    public static Coin Coin(int number, long amount, uint confirmations = 6, string script = "0014") =>
        new(Chain.ScriptedChain.Output(number), new TxOut(new Satoshi(amount), Script.FromHex(script + new string('d', 40))), confirmations);

    public Task<WalletAddress> NewAddressAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new WalletAddress("address", Script.FromHex("0014" + Interlocked.Increment(ref _addresses).ToString("x40", System.Globalization.CultureInfo.InvariantCulture))));

    public Task<ImmutableArray<Coin>> ListUnspentAsync(CancellationToken cancellationToken)
    {
        if (Trouble is not null) return Task.FromException<ImmutableArray<Coin>>(Trouble);
        lock (_gate) return Task.FromResult(Coins.ToImmutableArray());
    }

    public async Task<Transaction> SignAsync(Transaction transaction, IReadOnlyList<TxOut> spentOutputs, CancellationToken cancellationToken)
    {
        await MaySign.WaitAsync(cancellationToken);
        Interlocked.Increment(ref Signed);
        if (Sign is not null) return Sign(transaction);
        for (var i = 0; i < transaction.Inputs.Length; i++) transaction = transaction.WithWitness(i, Witness.Of([++_signatures]));
        return transaction;
    }
}
