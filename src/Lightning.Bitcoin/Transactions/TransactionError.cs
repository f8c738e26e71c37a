namespace Lightning.Bitcoin.Transactions;

/// <summary>Why a transaction is invalid whatever it spends.</summary>
public enum TransactionError
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>It spends nothing.</summary>
    NoInputs,

    /// <summary>It pays nothing.</summary>
    NoOutputs,

    /// <summary>It does not fit into a block.</summary>
    TooLarge,

    /// <summary>An output, or their sum, is negative or above <see cref="Satoshi.MaxMoney"/>.</summary>
    OutputOutOfRange,

    /// <summary>Two inputs spend the same output.</summary>
    DuplicateInputs,

    /// <summary>The script of a coinbase is not 2 to 100 bytes.</summary>
    CoinbaseScriptSize,

    /// <summary>An input spends nothing, and the transaction is no coinbase.</summary>
    NullInput,
}
