using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Transactions;

public static partial class SigHash
{
    /// <summary>The position of the last executed OP_CODESEPARATOR where none was (BIP 342).</summary>
    public const uint NoCodeSeparator = uint.MaxValue;

    /// <summary>BIP 341, and BIP 342 where a leaf is given.</summary>
    /// <param name="transaction">The spending transaction; witnesses do not matter.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="spent">All outputs that the transaction spends.</param>
    /// <param name="type">What is covered.</param>
    /// <param name="annex">The annex with its leading 0x50; empty for none.</param>
    /// <param name="leafHash">The hash of the leaf whose script is executed; null for the key path.</param>
    /// <param name="codeSeparator">Position, in operations, of the last executed OP_CODESEPARATOR.</param>
    /// <exception cref="ArgumentException">An undefined type, or SINGLE without an output of the same index.</exception>
    public static Bytes32 Taproot(
        Transaction transaction, int input, SpentOutputs spent, SigHashType type = SigHashType.Default, Bytes annex = default, Bytes32? leafHash = null, uint codeSeparator = NoCodeSeparator) =>
        TryTaproot(transaction, input, spent, type, annex, leafHash, codeSeparator, out var hash)
            ? hash
            : throw new ArgumentException($"Taproot does not define the hash type {type:d} for input {input}.", nameof(type));

    /// <summary>The same as <see cref="Taproot"/>, for what a stranger signed.</summary>
    /// <returns>False for an undefined type, and for SINGLE without an output of the same index.</returns>
    public static bool TryTaproot(
        Transaction transaction, int input, SpentOutputs spent, SigHashType type, Bytes annex, Bytes32? leafHash, uint codeSeparator, out Bytes32 hash)
    {
        hash = default;
        var outputs = type & ~SigHashType.AnyoneCanPay;
        var anyoneCanPay = type.HasFlag(SigHashType.AnyoneCanPay);
        var defined = type == SigHashType.Default || outputs is SigHashType.All or SigHashType.None or SigHashType.Single;
        if (!defined || (outputs == SigHashType.Single && input >= transaction.Outputs.Length)) return false;

        var spending = transaction.Inputs[input];
        var output = spent.Outputs[input];
        using var scratch = new Scratch(300 + output.Size);
        var writer = new BitcoinWriter(scratch.Span);
        writer.U8(0); // epoch
        writer.U8((byte)type);
        writer.U32(transaction.Version);
        writer.U32(transaction.LockTime);
        if (!anyoneCanPay)
        {
            writer.Write(transaction.Digests.Prevouts);
            writer.Write(spent.Amounts);
            writer.Write(spent.Scripts);
            writer.Write(transaction.Digests.Sequences);
        }

        if (outputs is SigHashType.Default or SigHashType.All) writer.Write(transaction.Digests.Outputs);
        writer.U8((byte)((leafHash is null ? 0 : 2) | (annex.IsEmpty ? 0 : 1)));
        if (anyoneCanPay)
        {
            writer.Write(spending.PreviousOutput);
            writer.Write(output);
            writer.U32(spending.Sequence);
        }
        else
        {
            writer.U32((uint)input);
        }

        if (!annex.IsEmpty) writer.Write(HashAnnex(annex));
        if (outputs == SigHashType.Single) writer.Write(HashOutput(transaction.Outputs[input]));
        if (leafHash is { } leaf)
        {
            writer.Write(leaf);
            writer.U8(0); // key version
            writer.U32(codeSeparator);
        }

        hash = Hashes.Tagged("TapSighash"u8, scratch.Span[..writer.Length]);
        return true;
    }

    private static Bytes32 HashAnnex(Bytes annex)
    {
        using var scratch = new Scratch(annex.Length + 9);
        var writer = new BitcoinWriter(scratch.Span);
        writer.VarBytes(annex.Span);
        return Hashes.Sha256(scratch.Span[..writer.Length]);
    }
}
