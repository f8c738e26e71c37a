using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

public static partial class SigHash
{
    /// <summary>The original rules, for inputs without a witness.</summary>
    /// <param name="transaction">The spending transaction; the other inputs' scripts do not matter.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="scriptCode">The script that is executed; its OP_CODESEPARATORs are left out of the hash.</param>
    /// <param name="type">What is covered; consensus accepts any 32 bits.</param>
    public static Bytes32 Legacy(Transaction transaction, int input, Script scriptCode, uint type)
    {
        var outputs = (SigHashType)type & OutputMask;
        var single = outputs == SigHashType.Single;
        var anyoneCanPay = (type & (uint)SigHashType.AnyoneCanPay) != 0;

        // Since the first release of Bitcoin, what is out of range signs the number one instead of failing.
        if (input >= transaction.Inputs.Length || (single && input >= transaction.Outputs.Length)) return One;

        using var scratch = new Scratch(transaction.BaseSize + scriptCode.Length + 16);
        var writer = new BitcoinWriter(scratch.Span);
        writer.U32(transaction.Version);
        writer.VarInt(anyoneCanPay ? 1 : (ulong)transaction.Inputs.Length);
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            if (anyoneCanPay && i != input) continue;
            var spending = transaction.Inputs[i];
            writer.Write(spending.PreviousOutput);
            if (i == input) WriteWithoutSeparators(ref writer, scriptCode);
            else writer.VarInt(0);
            writer.U32(i != input && (outputs is SigHashType.Single or SigHashType.None) ? 0 : spending.Sequence);
        }

        var count = outputs == SigHashType.None ? 0 : single ? input + 1 : transaction.Outputs.Length;
        writer.VarInt((ulong)count);
        for (var i = 0; i < count; i++)
        {
            if (!single || i == input)
            {
                writer.Write(transaction.Outputs[i]);
                continue;
            }

            writer.I64(-1);
            writer.VarInt(0);
        }

        writer.U32(transaction.LockTime);
        writer.U32(type);
        return Hashes.Hash256(scratch.Span[..writer.Length]);
    }

    /// <summary>The original rules, for inputs without a witness.</summary>
    /// <param name="transaction">The spending transaction; the other inputs' scripts do not matter.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="scriptCode">The script that is executed.</param>
    /// <param name="type">What is covered.</param>
    public static Bytes32 Legacy(Transaction transaction, int input, Script scriptCode, SigHashType type = SigHashType.All) =>
        Legacy(transaction, input, scriptCode, (uint)type);

    private static Bytes32 One
    {
        get
        {
            Span<byte> one = stackalloc byte[32];
            one.Clear();
            one[0] = 1;
            return new Bytes32(one);
        }
    }

    private static void WriteWithoutSeparators(ref BitcoinWriter writer, Script script)
    {
        var bytes = script.Span;
        var separators = 0;
        var reader = new ScriptReader(bytes);
        while (reader.TryRead(out var code, out _))
            if (code == OpCode.OP_CODESEPARATOR) separators++;

        writer.VarInt((ulong)(bytes.Length - separators));
        var written = 0;
        reader = new ScriptReader(bytes);
        while (separators > 0 && reader.TryRead(out var code, out _))
        {
            if (code != OpCode.OP_CODESEPARATOR) continue;
            writer.Write(bytes[written..(reader.Position - 1)]);
            written = reader.Position;
        }

        writer.Write(bytes[written..]);
    }
}
