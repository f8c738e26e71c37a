using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

/// <summary>The hash that a signature signs: legacy, segwit v0 (BIP 143) and taproot (BIP 341).</summary>
public static partial class SigHash
{
    private const SigHashType OutputMask = (SigHashType)0x1f;

    /// <summary>BIP 143. What the inputs of one transaction have in common is hashed once and kept in <paramref name="transaction"/>.</summary>
    /// <param name="transaction">The spending transaction; witnesses do not matter.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="scriptCode">The witness script (P2WSH), or the P2PKH form of the key (P2WPKH).</param>
    /// <param name="amount">What the spent output holds.</param>
    /// <param name="type">What is covered.</param>
    public static Bytes32 SegwitV0(Transaction transaction, int input, Script scriptCode, Satoshi amount, SigHashType type = SigHashType.All)
    {
        const int fixedSize = 4 + 32 + 32 + 36 + 8 + 4 + 32 + 4 + 4;
        var size = fixedSize + VarInt.SizeOf((ulong)scriptCode.Length) + scriptCode.Length;
        if (size > 1024)
        {
            using var scratch = new Scratch(size);
            return SegwitV0(transaction, input, scriptCode, amount, type, scratch.Span);
        }

        Span<byte> buffer = stackalloc byte[size];
        return SegwitV0(transaction, input, scriptCode, amount, type, buffer);
    }

    private static Bytes32 SegwitV0(Transaction transaction, int input, Script scriptCode, Satoshi amount, SigHashType type, Span<byte> buffer)
    {
        var anyoneCanPay = type.HasFlag(SigHashType.AnyoneCanPay);
        var outputs = type & OutputMask;
        var spending = transaction.Inputs[input];
        var digests = transaction.Digests;
        var all = outputs is not (SigHashType.Single or SigHashType.None);

        var writer = new BitcoinWriter(buffer);
        writer.U32(transaction.Version);
        writer.Write(anyoneCanPay ? Bytes32.Zero : digests.Prevouts2);
        writer.Write(anyoneCanPay || !all ? Bytes32.Zero : digests.Sequences2);
        writer.Write(spending.PreviousOutput);
        writer.VarBytes(scriptCode.Span);
        writer.I64(amount.Value);
        writer.U32(spending.Sequence);
        if (all) writer.Write(digests.Outputs2);
        else if (outputs == SigHashType.Single && input < transaction.Outputs.Length) writer.Write(Hashes.Sha256(HashOutput(transaction.Outputs[input]).Span));
        else writer.Write(Bytes32.Zero);
        writer.U32(transaction.LockTime);
        writer.U32((byte)type);
        return Hashes.Hash256(buffer[..writer.Length]);
    }

    private static Bytes32 HashOutput(TxOut output)
    {
        using var scratch = new Scratch(output.Size);
        var writer = new BitcoinWriter(scratch.Span);
        writer.Write(output);
        return Hashes.Sha256(scratch.Span);
    }
}
