using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>What BIP 341 and BIP 342 add to the hash of a signature, and the budget for signatures.</summary>
internal struct TapscriptContext
{
    public TapscriptContext()
    {
    }

    /// <summary>The annex with its leading 0x50; empty for none.</summary>
    public Bytes Annex { get; set; }

    /// <summary>The leaf that runs; null on the key path.</summary>
    public Bytes32? LeafHash { get; set; }

    /// <summary>Position in operations of the last executed OP_CODESEPARATOR.</summary>
    public uint CodeSeparator { get; set; } = SigHash.NoCodeSeparator;

    /// <summary>What is left of the witness's weight for signatures, 50 weight units each.</summary>
    public long ValidationWeight { get; set; }
}
