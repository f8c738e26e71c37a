namespace Lightning.Bitcoin.Transactions;

/// <summary>What a signature covers.</summary>
[Flags]
public enum SigHashType : byte
{
    /// <summary>BIP 341's implicit ALL.</summary>
    Default = 0,

    /// <summary>All inputs and outputs.</summary>
    All = 1,

    /// <summary>No outputs.</summary>
    None = 2,

    /// <summary>The output of the same index.</summary>
    Single = 3,

    /// <summary>Only this input; combines with the others.</summary>
    AnyoneCanPay = 0x80,
}
