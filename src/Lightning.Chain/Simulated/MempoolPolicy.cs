using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>Who gets into the mempool: consensus, standardness, the minimum feerate, replacement by fee, packages of one parent and one child.</summary>
internal sealed class MempoolPolicy(BestChain chain, Mempool mempool)
{
    /// <summary>Most unconfirmed relatives in one line, the transaction itself included.</summary>
    private const int MaxRelatives = 25;

    /// <summary>Most transactions that one may replace.</summary>
    private const int MaxReplaced = 100;

    /// <summary>The least that is relayed at all, however empty the mempool: 1 sat/vB.</summary>
    private static readonly FeeratePerKw RelayFeerate = new(250);

    /// <summary>The least that the mempool takes now.</summary>
    public FeeratePerKw MinFeerate { get; set; } = new(250);

    /// <summary>What a replacement pays for its own relay, on top of all that it replaces.</summary>
    public FeeratePerKw IncrementalFeerate { get; set; } = new(250);

    /// <summary>Takes one transaction, or says why not.</summary>
    public BroadcastResult Accept(Transaction transaction)
    {
        if (Prepare(transaction, null, out var candidate) is { } refusal) return refusal;
        if (!candidate.Feerate.Meets(MinFeerate)) return TooLow(candidate.Feerate);
        if (StandardRules.CountDust(transaction) > 0) return Rejected("missing-ephemeral-spends");
        return CheckReplacement(candidate.Feerate, candidate.Conflicts)
            ?? SpendRules.CheckScripts(transaction, candidate.Spent, ScriptFlags.Standard)
            ?? Commit(candidate.Conflicts, candidate);
    }

    /// <summary>Takes a parent and its child together, so that the child may pay for the parent.</summary>
    public BroadcastResult AcceptPackage(Transaction parent, Transaction child)
    {
        if (!child.Inputs.Any(input => input.PreviousOutput.TxId == parent.TxId)) return Rejected("package-not-child-with-parents");

        // Whatever gets in by itself does; the package only matters for a parent that pays too little.
        var alone = Accept(parent);
        if (alone.IsKnown) return Accept(child);
        if (alone.Outcome is not (BroadcastOutcome.FeeTooLow or BroadcastOutcome.Conflict)) return alone;

        if (Prepare(parent, null, out var first) is { } parentRefusal) return parentRefusal;
        if (Prepare(child, parent, out var second) is { } childRefusal) return childRefusal;
        if (child.Inputs.Any(input => parent.Inputs.Any(other => other.PreviousOutput == input.PreviousOutput))) return Rejected("conflict-in-package");

        // A child lifts its parent over a full mempool's minimum, but over what is relayed at all only where both are TRUC.
        if (parent.Version != StandardRules.TrucVersion && !first.Feerate.Meets(RelayFeerate)) return TooLow(first.Feerate);
        var total = first.Feerate.With(second.Feerate);
        if (!total.Meets(MinFeerate)) return TooLow(total);
        if (!SpendsAllDust(child, parent)) return Rejected("missing-ephemeral-spends");

        HashSet<TxId> conflicts = [.. first.Conflicts, .. second.Conflicts];
        if (conflicts.Count > 0)
        {
            if (first.Ancestors.Count > 0 || second.Ancestors.Count > 0) return Rejected("package RBF failed: new transaction cannot have mempool ancestors");
            if (!(total > first.Feerate)) return new BroadcastResult(BroadcastOutcome.Conflict, "package RBF failed: package feerate is less than or equal to parent feerate");
        }

        return CheckReplacement(total, conflicts)
            ?? SpendRules.CheckScripts(parent, first.Spent, ScriptFlags.Standard)
            ?? SpendRules.CheckScripts(child, second.Spent, ScriptFlags.Standard)
            ?? Commit(conflicts, first, second);
    }

    /// <summary>Puts a transaction back that was in the mempool or in a block before; only what consensus asks still counts.</summary>
    public void Restore(Transaction transaction)
    {
        if (mempool.Contains(transaction.TxId) || transaction.Inputs.Any(input => mempool.SpenderOf(input.PreviousOutput) is not null)) return;
        if (SpendRules.CheckInputs(transaction, chain, outPoint => Find(outPoint, null), out var fee, out _) is null) mempool.Add(transaction, fee);
    }

    /// <summary>Drops what a mempool full of better paying transactions would not keep.</summary>
    public void EvictBelowMinimum()
    {
        var kept = mempool.Paying(MinFeerate).Select(e => e.Transaction.TxId).ToHashSet();
        foreach (var entry in mempool.Ordered)
            if (!kept.Contains(entry.Transaction.TxId)) mempool.Remove(entry.Transaction.TxId);
    }

    private BroadcastResult? Prepare(Transaction transaction, Transaction? packageParent, out Candidate candidate)
    {
        candidate = null!;
        if (mempool.Contains(transaction.TxId)) return new BroadcastResult(BroadcastOutcome.AlreadyKnown, "txn-already-in-mempool");
        for (var i = 0; i < transaction.Outputs.Length; i++)
            if (chain.Coins.TryFind(new OutPoint(transaction.TxId, (uint)i), out _)) return new BroadcastResult(BroadcastOutcome.AlreadyKnown, "txn-already-known");
        if (StandardRules.Check(transaction) is { } nonstandard) return Rejected(nonstandard);
        if (SpendRules.CheckInputs(transaction, chain, outPoint => Find(outPoint, packageParent), out var fee, out var spent) is { } invalid) return invalid;
        if (StandardRules.CheckWitnesses(transaction, spent) is { } oddWitness) return Rejected(oddWitness);

        // Dust is tolerated only where nobody has a reason to mine it without the child that spends it.
        if (fee > Satoshi.Zero && StandardRules.CountDust(transaction) > 0) return Rejected("dust, tx with dust output must be 0-fee");

        var conflicts = new HashSet<TxId>();
        foreach (var input in transaction.Inputs)
            if (mempool.SpenderOf(input.PreviousOutput) is { } spender) conflicts.Add(spender);
        var ancestors = mempool.AncestorsOf(transaction);
        if (ancestors.Overlaps(conflicts)) return Rejected("bad-txns-spends-conflicting-tx");
        if (ancestors.Count + 1 > MaxRelatives || ancestors.Any(id => mempool.DescendantsOf([id]).Count + 1 > MaxRelatives)) return Rejected("too-long-mempool-chain");

        candidate = new Candidate(transaction, fee, spent, conflicts, ancestors);
        if (TrucRules.Check(candidate, packageParent, mempool) is { } truc) return Rejected(truc);
        foreach (var input in transaction.Inputs)
            if (mempool.TryFind(input.PreviousOutput.TxId, out var parent) && !SpendsAllDust(transaction, parent.Transaction)) return Rejected("missing-ephemeral-spends");
        return null;
    }

    private UnspentCoin? Find(OutPoint outPoint, Transaction? packageParent)
    {
        if (chain.Coins.TryFind(outPoint, out var coin)) return coin;
        var output = packageParent is not null && outPoint.TxId == packageParent.TxId && outPoint.Index < (uint)packageParent.Outputs.Length
            ? packageParent.Outputs[(int)outPoint.Index]
            : mempool.OutputOf(outPoint);
        return output is null ? null : new UnspentCoin(output, chain.NextHeight, false);
    }

    private BroadcastResult? CheckReplacement(Feerate feerate, HashSet<TxId> conflicts)
    {
        if (conflicts.Count == 0) return null;
        var evicted = mempool.DescendantsOf(conflicts);
        if (evicted.Count > MaxReplaced) return Rejected("too many potential replacements");
        var fees = Satoshi.Zero;
        foreach (var id in evicted)
        {
            if (!mempool.TryFind(id, out var entry)) continue;
            fees += entry.Fee;
            if (conflicts.Contains(id) && !(feerate > Mempool.Of(entry))) return Insufficient($"new feerate is not above that of {id}");
        }

        if (feerate.Fee < fees) return Insufficient($"less fees than conflicting txs; {feerate.Fee} < {fees}");
        var relay = Feerate.FeeOf(IncrementalFeerate, feerate.Size);
        return feerate.Fee - fees < relay ? Insufficient($"not enough additional fees to relay; {feerate.Fee - fees} < {relay}") : null;
    }

    private BroadcastResult Commit(HashSet<TxId> conflicts, params ReadOnlySpan<Candidate> candidates)
    {
        foreach (var id in conflicts) mempool.RemoveWithDescendants(id);
        foreach (var candidate in candidates) mempool.Add(candidate.Transaction, candidate.Fee);
        return new BroadcastResult(BroadcastOutcome.Accepted);
    }

    private static bool SpendsAllDust(Transaction child, Transaction parent)
    {
        for (var i = 0; i < parent.Outputs.Length; i++)
        {
            var outPoint = new OutPoint(parent.TxId, (uint)i);
            if (StandardRules.IsDust(parent.Outputs[i]) && !child.Inputs.Any(input => input.PreviousOutput == outPoint)) return false;
        }

        return true;
    }

    private BroadcastResult TooLow(Feerate feerate) =>
        new(BroadcastOutcome.FeeTooLow, $"min relay fee not met, {feerate.Fee} < {Feerate.FeeOf(MinFeerate, feerate.Size)}");

    private static BroadcastResult Insufficient(string why) => new(BroadcastOutcome.Conflict, $"insufficient fee, rejecting replacement: {why}");

    private static BroadcastResult Rejected(string reason) => new(BroadcastOutcome.Rejected, reason);
}
