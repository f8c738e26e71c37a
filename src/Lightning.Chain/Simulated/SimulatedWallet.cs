using System.Collections.Immutable;
using Lightning.Bitcoin.Addresses;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Keys;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;

namespace Lightning.Chain.Simulated;

/// <summary>
/// A wallet of P2WPKH coins (BIP 84) on a simulated chain. Its keys come from one extended key, its coins from the chain: after a restart the same key
/// finds the same coins, as long as no more than <see cref="LookAhead"/> addresses in a row were never paid to.
/// </summary>
public sealed class SimulatedWallet : IChainWallet, IDisposable
{
    /// <summary>How many addresses after the last one given out are recognised as the wallet's own.</summary>
    public const int LookAhead = 100;

    private readonly Lock _gate = new();
    private readonly SimulatedChain _chain;
    private readonly ExtKey _receive;
    private readonly List<Key> _keys = [];
    private readonly Dictionary<Script, int> _indexes = [];
    private int _next;

    /// <summary>Opens the wallet of a master key, account 0.</summary>
    public SimulatedWallet(SimulatedChain chain, ExtKey master)
    {
        _chain = chain;
        _receive = master.Derive(KeyPath.Parse("m/84'/1'/0'/0"));
        EnsureKeys(LookAhead);
    }

    /// <inheritdoc/>
    public Task<WalletAddress> NewAddressAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            EnsureKeys(_next + 1 + LookAhead);
            var address = BitcoinAddress.P2wpkh(_keys[_next++].PubKey, _chain.Network);
            return Task.FromResult(new WalletAddress(address.ToString(), address.ScriptPubKey));
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<Coin>> ListUnspentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            while (true)
            {
                var coins = _chain.CoinsOf(_indexes.Keys);
                var highest = _next - 1;
                foreach (var coin in coins) highest = Math.Max(highest, _indexes[coin.Output.ScriptPubKey]);

                // A coin beyond the last address given out is from before a restart: never give its address out again, and look further.
                _next = highest + 1;
                if (_keys.Count >= _next + LookAhead) return Task.FromResult(coins);
                EnsureKeys(_next + LookAhead);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Not one spent output per input.</exception>
    public Task<Transaction> SignAsync(Transaction transaction, IReadOnlyList<TxOut> spentOutputs, CancellationToken cancellationToken)
    {
        if (spentOutputs.Count != transaction.Inputs.Length) throw new ArgumentException($"{transaction.Inputs.Length} inputs, but {spentOutputs.Count} spent outputs.", nameof(spentOutputs));
        lock (_gate)
        {
            for (var i = 0; i < spentOutputs.Count; i++)
            {
                if (!_indexes.TryGetValue(spentOutputs[i].ScriptPubKey, out var index)) continue;
                var key = _keys[index];
                var hash = SigHash.SegwitV0(transaction, i, ScriptTemplates.P2pkh(key.PubKey), spentOutputs[i].Value);
                transaction = transaction.WithWitness(i, Witness.Of([.. key.SignLowR(hash).ToDer(), (byte)SigHashType.All], key.PubKey.Span.ToArray()));
            }

            return Task.FromResult(transaction);
        }
    }

    /// <summary>Whether a script is one of its own, given out already or in the <see cref="LookAhead"/>.</summary>
    public bool Owns(Script script)
    {
        lock (_gate) return _indexes.ContainsKey(script);
    }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var key in _keys) key.Dispose();
            _receive.Dispose();
        }
    }

    private void EnsureKeys(int count)
    {
        while (_keys.Count < count)
        {
            var key = _receive.Derive((uint)_keys.Count).Key;
            _indexes.Add(ScriptTemplates.P2wpkh(key.PubKey), _keys.Count);
            _keys.Add(key);
        }
    }
}
