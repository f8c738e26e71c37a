using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>The transactions that wait for a block, with their relations. It holds what it is given; <see cref="MempoolPolicy"/> decides.</summary>
internal sealed class Mempool
{
    private readonly Dictionary<TxId, MempoolEntry> _entries = [];
    private readonly Dictionary<OutPoint, TxId> _spenders = [];
    private long _nextOrder;

    /// <summary>All entries, parents before children.</summary>
    public List<MempoolEntry> Ordered => [.. _entries.Values.OrderBy(e => e.Order)];

    public bool TryFind(TxId id, [NotNullWhen(true)] out MempoolEntry? entry) => _entries.TryGetValue(id, out entry);

    public bool Contains(TxId id) => _entries.ContainsKey(id);

    public TxId? SpenderOf(OutPoint outPoint) => _spenders.TryGetValue(outPoint, out var id) ? id : null;

    public TxOut? OutputOf(OutPoint outPoint) =>
        _entries.TryGetValue(outPoint.TxId, out var entry) && outPoint.Index < (uint)entry.Transaction.Outputs.Length ? entry.Transaction.Outputs[(int)outPoint.Index] : null;

    public MempoolEntry Add(Transaction transaction, Satoshi fee)
    {
        var entry = new MempoolEntry(transaction, fee, _nextOrder++);
        _entries.Add(transaction.TxId, entry);
        foreach (var input in transaction.Inputs) _spenders.Add(input.PreviousOutput, transaction.TxId);
        return entry;
    }

    public void Remove(TxId id)
    {
        if (!_entries.Remove(id, out var entry)) return;
        foreach (var input in entry.Transaction.Inputs) _spenders.Remove(input.PreviousOutput);
    }

    /// <summary>Removes a transaction and all that spend from it.</summary>
    public void RemoveWithDescendants(TxId id)
    {
        foreach (var descendant in DescendantsOf([id])) Remove(descendant);
    }

    public void Clear()
    {
        _entries.Clear();
        _spenders.Clear();
    }

    /// <summary>The transactions themselves and all that spend from them, at any distance.</summary>
    public HashSet<TxId> DescendantsOf(IEnumerable<TxId> ids)
    {
        var found = new HashSet<TxId>(ids);
        var open = new Queue<TxId>(found);
        while (open.TryDequeue(out var id))
        {
            if (!_entries.TryGetValue(id, out var entry)) continue;
            for (var i = 0; i < entry.Transaction.Outputs.Length; i++)
                if (_spenders.TryGetValue(new OutPoint(id, (uint)i), out var child) && found.Add(child)) open.Enqueue(child);
        }

        return found;
    }

    /// <summary>All unconfirmed transactions that a transaction spends from, at any distance, without itself.</summary>
    public HashSet<TxId> AncestorsOf(Transaction transaction)
    {
        var found = new HashSet<TxId>();
        var open = new Queue<Transaction>([transaction]);
        while (open.TryDequeue(out var next))
        {
            foreach (var input in next.Inputs)
                if (_entries.TryGetValue(input.PreviousOutput.TxId, out var parent) && found.Add(parent.Transaction.TxId)) open.Enqueue(parent.Transaction);
        }

        return found;
    }

    /// <summary>The feerate of a transaction together with all its unconfirmed ancestors.</summary>
    public Feerate WithAncestors(MempoolEntry entry)
    {
        var total = Of(entry);
        foreach (var id in AncestorsOf(entry.Transaction)) total = total.With(Of(_entries[id]));
        return total;
    }

    /// <summary>Those that pay at least <paramref name="rate"/> together with their ancestors, and the ancestors: what a miner takes at that rate. Parents before children.</summary>
    public List<MempoolEntry> Paying(FeeratePerKw rate)
    {
        var paying = new HashSet<TxId>();
        foreach (var entry in _entries.Values)
        {
            if (paying.Contains(entry.Transaction.TxId) || !WithAncestors(entry).Meets(rate)) continue;
            paying.Add(entry.Transaction.TxId);
            paying.UnionWith(AncestorsOf(entry.Transaction));
        }

        return [.. _entries.Values.Where(e => paying.Contains(e.Transaction.TxId)).OrderBy(e => e.Order)];
    }

    public static Feerate Of(MempoolEntry entry) => new(entry.Fee, entry.Transaction.VirtualSize);
}
