using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Transactions;

/// <summary>
/// The hashes over all inputs or all outputs of one transaction that its signatures share, each made at first use: single SHA-256 for
/// BIP 341, hashed once more for BIP 143. Several threads may compute one at a time: they write the same bytes, the flag comes last.
/// </summary>
internal sealed class SharedDigests(Transaction transaction)
{
    private readonly Slot _prevouts = new(), _sequences = new(), _outputs = new(), _prevouts2 = new(), _sequences2 = new(), _outputs2 = new();

    /// <summary>SHA-256 of all outpoints.</summary>
    public Bytes32 Prevouts => _prevouts.Made ? _prevouts.Value : _prevouts.Keep(HashPrevouts(transaction));

    /// <summary>SHA-256 of all sequences.</summary>
    public Bytes32 Sequences => _sequences.Made ? _sequences.Value : _sequences.Keep(HashSequences(transaction));

    /// <summary>SHA-256 of all outputs.</summary>
    public Bytes32 Outputs => _outputs.Made ? _outputs.Value : _outputs.Keep(HashOutputs(transaction));

    /// <summary>Double SHA-256 of all outpoints (BIP 143).</summary>
    public Bytes32 Prevouts2 => _prevouts2.Made ? _prevouts2.Value : _prevouts2.Keep(Again(Prevouts));

    /// <summary>Double SHA-256 of all sequences (BIP 143).</summary>
    public Bytes32 Sequences2 => _sequences2.Made ? _sequences2.Value : _sequences2.Keep(Again(Sequences));

    /// <summary>Double SHA-256 of all outputs (BIP 143).</summary>
    public Bytes32 Outputs2 => _outputs2.Made ? _outputs2.Value : _outputs2.Keep(Again(Outputs));

    private static Bytes32 Again(Bytes32 hash) => Hashes.Sha256(hash.Span);

    private static Bytes32 HashPrevouts(Transaction transaction)
    {
        using var buffer = new Scratch(transaction.Inputs.Length * 36);
        var writer = new BitcoinWriter(buffer.Span);
        foreach (var input in transaction.Inputs) writer.Write(input.PreviousOutput);
        return Hashes.Sha256(buffer.Span);
    }

    private static Bytes32 HashSequences(Transaction transaction)
    {
        using var buffer = new Scratch(transaction.Inputs.Length * 4);
        var writer = new BitcoinWriter(buffer.Span);
        foreach (var input in transaction.Inputs) writer.U32(input.Sequence);
        return Hashes.Sha256(buffer.Span);
    }

    private static Bytes32 HashOutputs(Transaction transaction)
    {
        var size = 0;
        foreach (var output in transaction.Outputs) size = checked(size + output.Size);
        using var buffer = new Scratch(size);
        var writer = new BitcoinWriter(buffer.Span);
        foreach (var output in transaction.Outputs) writer.Write(output);
        return Hashes.Sha256(buffer.Span);
    }

    private sealed class Slot
    {
        private volatile bool _made;
        private Bytes32 _value;

        public bool Made => _made;

        public Bytes32 Value => _value;

        public Bytes32 Keep(in Bytes32 value)
        {
            _value = value;
            _made = true;
            return value;
        }
    }
}
