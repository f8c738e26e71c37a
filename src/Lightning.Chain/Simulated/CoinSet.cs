using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>All unspent outputs of the best chain, also by script.</summary>
internal sealed class CoinSet
{
    private readonly Dictionary<OutPoint, UnspentCoin> _coins = [];
    private readonly Dictionary<Script, SortedSet<OutPoint>> _byScript = [];

    public bool TryFind(OutPoint outPoint, [NotNullWhen(true)] out UnspentCoin? coin) => _coins.TryGetValue(outPoint, out coin);

    public IEnumerable<OutPoint> Of(Script script) => _byScript.TryGetValue(script, out var found) ? found : [];

    public void Add(OutPoint outPoint, UnspentCoin coin)
    {
        _coins.Add(outPoint, coin);
        var script = coin.Output.ScriptPubKey;
        if (!_byScript.TryGetValue(script, out var found)) _byScript.Add(script, found = []);
        found.Add(outPoint);
    }

    public void AddOutputs(Transaction transaction, uint height)
    {
        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            var output = transaction.Outputs[i];
            if (output.ScriptPubKey.TypeOf() != ScriptType.OpReturn) Add(new OutPoint(transaction.TxId, (uint)i), new UnspentCoin(output, height, transaction.IsCoinbase));
        }
    }

    public UnspentCoin Remove(OutPoint outPoint)
    {
        if (!_coins.Remove(outPoint, out var coin)) throw new InvalidOperationException($"{outPoint} is not unspent.");
        var script = coin.Output.ScriptPubKey;
        var found = _byScript[script];
        found.Remove(outPoint);
        if (found.Count == 0) _byScript.Remove(script);
        return coin;
    }

    public void RemoveOutputs(Transaction transaction)
    {
        for (var i = 0; i < transaction.Outputs.Length; i++)
            if (transaction.Outputs[i].ScriptPubKey.TypeOf() != ScriptType.OpReturn) Remove(new OutPoint(transaction.TxId, (uint)i));
    }
}
