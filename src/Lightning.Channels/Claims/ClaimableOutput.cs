using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Scripts;

namespace Lightning.Channels.Claims;

/// <summary>An output of a force close that we can take with one signature, and all that an input needs to take it (BOLT 5).</summary>
public sealed class ClaimableOutput
{
    // Replaceable (BIP 125) and without a relative lock.
    internal const uint NoRelativeLock = 0xFFFF_FFFD;

    private readonly Script _scriptCode;
    private readonly ImmutableArray<Bytes> _afterSignature;

    internal ClaimableOutput(
        ClaimKind kind, OutPoint outPoint, TxOut output, ClaimKey key, uint sequence, Script scriptCode, ImmutableArray<Bytes> afterSignature, uint lockTime = 0)
    {
        Kind = kind;
        OutPoint = outPoint;
        Output = output;
        Key = key;
        Sequence = sequence;
        LockTime = lockTime;
        _scriptCode = scriptCode;
        _afterSignature = afterSignature;
    }

    /// <summary>Why it is ours.</summary>
    public ClaimKind Kind { get; }

    /// <summary>Where it is.</summary>
    public OutPoint OutPoint { get; }

    /// <summary>Its amount and script.</summary>
    public TxOut Output { get; }

    /// <summary>The key that takes it.</summary>
    public ClaimKey Key { get; }

    /// <summary>nSequence of the input: the relative lock in blocks, or none.</summary>
    public uint Sequence { get; }

    /// <summary>Least nLockTime of the transaction: a block height, 0 where there is no absolute lock.</summary>
    public uint LockTime { get; }

    /// <summary>How many blocks must lie on the spent transaction, this one included; 0 where none.</summary>
    public uint RelativeLock => Sequence == NoRelativeLock ? 0 : Sequence;

    /// <summary>Expected weight of the input with its witness, the signature at its longest; weight units.</summary>
    public int InputWeight
    {
        get
        {
            var witness = 1 + 1 + 73;
            foreach (var item in _afterSignature) witness += (item.Length < 0xFD ? 1 : 3) + item.Length;
            return (4 * 41) + witness;
        }
    }

    /// <summary>The hash to sign; it covers all inputs and outputs.</summary>
    public Bytes32 SigHash(Transaction transaction, int input) =>
        Bitcoin.Transactions.SigHash.SegwitV0(transaction, input, _scriptCode, Output.Value);

    /// <summary>The witness of the input.</summary>
    public Witness Witness(in EcdsaSignature signature) => new([WitnessItems.Signature(signature), .. _afterSignature]);

    /// <summary>The unsigned input.</summary>
    public TxIn ToInput() => new(OutPoint, Script.Empty, Sequence, Bitcoin.Transactions.Witness.Empty);

    /// <summary>Kind, place and amount.</summary>
    public override string ToString() => $"{Kind} {OutPoint} ({Output.Value})";
}
