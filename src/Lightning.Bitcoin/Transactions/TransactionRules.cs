namespace Lightning.Bitcoin.Transactions;

/// <summary>What consensus asks of a transaction alone, without the outputs that it spends.</summary>
public static class TransactionRules
{
    /// <summary>The weight of a full block in weight units (BIP 141).</summary>
    public const int MaxBlockWeight = 4_000_000;

    /// <summary>Checks a transaction by itself.</summary>
    public static TransactionError Check(Transaction transaction)
    {
        if (transaction.Inputs.IsEmpty) return TransactionError.NoInputs;
        if (transaction.Outputs.IsEmpty) return TransactionError.NoOutputs;
        if (transaction.BaseSize > MaxBlockWeight / 4) return TransactionError.TooLarge;
        var sum = 0L;
        foreach (var output in transaction.Outputs)
        {
            if (!IsInRange(output.Value.Value)) return TransactionError.OutputOutOfRange;
            sum += output.Value.Value;
            if (!IsInRange(sum)) return TransactionError.OutputOutOfRange;
        }

        var spent = new HashSet<OutPoint>(transaction.Inputs.Length);
        foreach (var input in transaction.Inputs)
            if (!spent.Add(input.PreviousOutput)) return TransactionError.DuplicateInputs;

        if (transaction.IsCoinbase)
            return transaction.Inputs[0].ScriptSig.Length is < 2 or > 100 ? TransactionError.CoinbaseScriptSize : TransactionError.None;

        foreach (var input in transaction.Inputs)
            if (input.PreviousOutput is { Index: uint.MaxValue, TxId.Value.IsZero: true }) return TransactionError.NullInput;
        return TransactionError.None;
    }

    private static bool IsInRange(long value) => value >= 0 && value <= Satoshi.MaxMoney.Value;
}
