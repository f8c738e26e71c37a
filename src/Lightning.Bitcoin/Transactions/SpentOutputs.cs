using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Transactions;

/// <summary>The outputs that the inputs of one transaction spend, in the inputs' order, with the hashes over them that BIP 341 shares between signatures.</summary>
public sealed class SpentOutputs
{
    private readonly Lazy<(Bytes32 Amounts, Bytes32 Scripts)> _digests;

    /// <summary>Keeps the outputs.</summary>
    public SpentOutputs(ImmutableArray<TxOut> outputs)
    {
        Outputs = outputs;
        _digests = new Lazy<(Bytes32, Bytes32)>(() => (HashAmounts(outputs), HashScripts(outputs)), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>The outputs.</summary>
    public ImmutableArray<TxOut> Outputs { get; }

    /// <summary>Their sum.</summary>
    public Satoshi Value
    {
        get
        {
            var sum = Satoshi.Zero;
            foreach (var output in Outputs) sum += output.Value;
            return sum;
        }
    }

    internal Bytes32 Amounts => _digests.Value.Amounts;

    internal Bytes32 Scripts => _digests.Value.Scripts;

    private static Bytes32 HashAmounts(ImmutableArray<TxOut> outputs)
    {
        using var scratch = new Scratch(outputs.Length * 8);
        var writer = new BitcoinWriter(scratch.Span);
        foreach (var output in outputs) writer.I64(output.Value.Value);
        return Hashes.Sha256(scratch.Span);
    }

    private static Bytes32 HashScripts(ImmutableArray<TxOut> outputs)
    {
        var size = 0;
        foreach (var output in outputs) size = checked(size + output.Size - 8);
        using var scratch = new Scratch(size);
        var writer = new BitcoinWriter(scratch.Span);
        foreach (var output in outputs) writer.VarBytes(output.ScriptPubKey.Span);
        return Hashes.Sha256(scratch.Span);
    }
}
