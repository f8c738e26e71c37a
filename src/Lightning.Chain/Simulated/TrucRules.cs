using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>BIP 431: transactions of version 3 stay in packages of one parent and one child, so that nobody can pin them.</summary>
internal static class TrucRules
{
    private const string Violation = "TRUC-violation";
    private const int MaxSize = 10_000, MaxChildSize = 1_000;

    /// <summary>Checks a transaction against its unconfirmed parents. A sibling that it may evict becomes one of its conflicts.</summary>
    /// <param name="candidate">The transaction.</param>
    /// <param name="packageParent">The parent that comes in the same package, not in the mempool yet.</param>
    /// <param name="mempool">The mempool.</param>
    /// <returns>Null where the rules hold.</returns>
    public static string? Check(Candidate candidate, Transaction? packageParent, Mempool mempool)
    {
        var transaction = candidate.Transaction;
        var isTruc = transaction.Version == StandardRules.TrucVersion;
        var parents = ParentsOf(transaction, packageParent, mempool);
        foreach (var parent in parents.Values)
            if (parent.Version == StandardRules.TrucVersion != isTruc) return Violation;
        if (!isTruc) return null;
        if (transaction.VirtualSize > MaxSize) return Violation;
        if (parents.Count == 0) return null;
        if (parents.Count > 1 || candidate.Ancestors.Count > 1 || transaction.VirtualSize > MaxChildSize) return Violation;
        if (packageParent is not null && parents.ContainsKey(packageParent.TxId) && mempool.AncestorsOf(packageParent).Count > 0) return Violation;

        var siblings = mempool.DescendantsOf(parents.Keys);
        siblings.ExceptWith(parents.Keys);
        siblings.ExceptWith(candidate.Conflicts);
        if (siblings.Count > 1) return Violation;
        candidate.Conflicts.UnionWith(siblings);
        return null;
    }

    private static Dictionary<TxId, Transaction> ParentsOf(Transaction transaction, Transaction? packageParent, Mempool mempool)
    {
        var parents = new Dictionary<TxId, Transaction>();
        foreach (var input in transaction.Inputs)
        {
            var id = input.PreviousOutput.TxId;
            if (packageParent is not null && id == packageParent.TxId) parents[id] = packageParent;
            else if (mempool.TryFind(id, out var parent)) parents[id] = parent.Transaction;
        }

        return parents;
    }
}
