namespace Lightning.Bitcoin.Transactions;

/// <summary>BIP 69: the order of inputs and outputs that says nothing about who made the transaction. BOLT 3 orders commitments by it, with the CLTV expiry as tie break.</summary>
public static class Bip69
{
    /// <summary>By id as people read it (reversed), then by index.</summary>
    public static int CompareInputs(TxIn left, TxIn right) => Compare(left.PreviousOutput, right.PreviousOutput);

    /// <summary>By id as people read it (reversed), then by index.</summary>
    public static int Compare(OutPoint left, OutPoint right)
    {
        var (leftId, rightId) = (left.TxId.Value, right.TxId.Value);
        var leftBytes = leftId.Span;
        var rightBytes = rightId.Span;
        for (var i = Bytes32.Size - 1; i >= 0; i--)
        {
            if (leftBytes[i] != rightBytes[i]) return leftBytes[i].CompareTo(rightBytes[i]);
        }

        return left.Index.CompareTo(right.Index);
    }

    /// <summary>By amount, then by script, byte by byte; a prefix comes first.</summary>
    public static int CompareOutputs(TxOut left, TxOut right)
    {
        var byValue = left.Value.CompareTo(right.Value);
        return byValue != 0 ? byValue : left.ScriptPubKey.Span.SequenceCompareTo(right.ScriptPubKey.Span);
    }

    /// <summary>The same transaction in this order. Signatures over all inputs or outputs made before no longer fit.</summary>
    public static Transaction Sort(Transaction transaction) =>
        new(transaction.Version, transaction.Inputs.Sort(CompareInputs), transaction.Outputs.Sort(CompareOutputs), transaction.LockTime);
}
