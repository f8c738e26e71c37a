using System.Buffers;
using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

/// <summary>An immutable Bitcoin transaction. Ids, sizes and the hashes that signatures share are computed once, and kept.</summary>
public sealed class Transaction : IEquatable<Transaction>
{
    private const byte WitnessFlag = 1;
    private const int SmallestInput = 41, SmallestOutput = 9;

    private int _baseSize, _totalSize;
    private Bytes32 _txid, _wtxid;
    private volatile bool _hasTxid, _hasWtxid;
    private SharedDigests? _digests;

    /// <summary>Makes a transaction.</summary>
    public Transaction(uint version, ImmutableArray<TxIn> inputs, ImmutableArray<TxOut> outputs, uint lockTime) =>
        (Version, Inputs, Outputs, LockTime) = (version, inputs.IsDefault ? [] : inputs, outputs.IsDefault ? [] : outputs, lockTime);

    /// <summary>nVersion.</summary>
    public uint Version { get; }

    /// <summary>The inputs, with their witnesses.</summary>
    public ImmutableArray<TxIn> Inputs { get; }

    /// <summary>The outputs.</summary>
    public ImmutableArray<TxOut> Outputs { get; }

    /// <summary>nLockTime: below 500,000,000 a block height, else seconds of median time past.</summary>
    public uint LockTime { get; }

    /// <summary>The id (without witnesses), computed once.</summary>
    public TxId TxId
    {
        get
        {
            if (_hasTxid) return new TxId(_txid);
            // Two threads may both compute it: they write the same bytes, and the flag comes last.
            _txid = HashSerialized(withWitness: false);
            _hasTxid = true;
            return new TxId(_txid);
        }
    }

    /// <summary>The hash with witnesses (BIP 141), in wire order; equals the id where there is no witness.</summary>
    public Bytes32 Wtxid
    {
        get
        {
            if (_hasWtxid) return _wtxid;
            _wtxid = HasWitness ? HashSerialized(withWitness: true) : TxId.Value;
            _hasWtxid = true;
            return _wtxid;
        }
    }

    /// <summary>Whether any input has a witness.</summary>
    public bool HasWitness
    {
        get
        {
            foreach (var input in Inputs)
                if (!input.Witness.IsEmpty) return true;
            return false;
        }
    }

    /// <summary>Whether this is the first transaction of a block: one input that spends nothing.</summary>
    public bool IsCoinbase => Inputs.Length == 1 && Inputs[0].PreviousOutput is { Index: uint.MaxValue, TxId.Value.IsZero: true };

    /// <summary>Whether an input of it spends an output.</summary>
    /// <param name="output">The output.</param>
    public bool Spends(OutPoint output)
    {
        foreach (var input in Inputs)
            if (input.PreviousOutput == output) return true;
        return false;
    }

    /// <summary>Size in bytes without witnesses.</summary>
    public int BaseSize => _baseSize != 0 ? _baseSize : _baseSize = ComputeBaseSize();

    /// <summary>Size in bytes with witnesses.</summary>
    public int TotalSize => _totalSize != 0 ? _totalSize : _totalSize = ComputeTotalSize();

    /// <summary>BIP 141 weight in weight units.</summary>
    public int Weight => checked((BaseSize * 3) + TotalSize);

    /// <summary>BIP 141 virtual size: a quarter of the weight, rounded up.</summary>
    public int VirtualSize => (Weight + 3) / 4;

    /// <summary>The sum of the outputs.</summary>
    public Satoshi OutputValue
    {
        get
        {
            var sum = Satoshi.Zero;
            foreach (var output in Outputs) sum += output.Value;
            return sum;
        }
    }

    /// <summary>The hashes over all inputs or outputs that every signature of this transaction shares.</summary>
    internal SharedDigests Digests => _digests ??= new SharedDigests(this);

    /// <summary>Parses a whole transaction, with or without witnesses (BIP 144); nothing may follow it.</summary>
    /// <exception cref="FormatException">Not a transaction.</exception>
    public static Transaction Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new BitcoinReader(bytes);
        var transaction = Read(ref reader);
        return reader.Remaining == 0 ? transaction : throw new FormatException($"{reader.Remaining} bytes follow the transaction.");
    }

    /// <summary>Parses hexadecimal.</summary>
    /// <exception cref="FormatException">Not a transaction.</exception>
    public static Transaction FromHex(string hex) => Parse(Convert.FromHexString(hex));

    /// <summary>Parses a transaction, with or without witnesses (BIP 144), and leaves what follows it.</summary>
    /// <exception cref="FormatException">Not a transaction.</exception>
    public static Transaction Read(ref BitcoinReader reader)
    {
        var version = reader.U32();
        var inputs = ReadInputs(ref reader);
        byte flags = 0;
        ImmutableArray<TxOut> outputs = [];
        if (inputs.IsEmpty)
        {
            // No inputs: either the marker of BIP 144, or a transaction without inputs and outputs.
            flags = reader.U8();
            if (flags != 0)
            {
                inputs = ReadInputs(ref reader);
                outputs = ReadOutputs(ref reader);
            }
        }
        else
        {
            outputs = ReadOutputs(ref reader);
        }

        if ((flags & ~WitnessFlag) != 0) throw new FormatException($"Unknown optional data in a transaction (flags {flags:x2}).");
        if (flags == WitnessFlag) inputs = ReadWitnesses(ref reader, inputs);
        return new Transaction(version, inputs, outputs, reader.U32());
    }

    /// <summary>Serialized, with witnesses where there are any (BIP 144).</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[TotalSize];
        var writer = new BitcoinWriter(bytes);
        WriteTo(ref writer, HasWitness);
        return bytes;
    }

    /// <summary>Serialized as hexadecimal, with witnesses where there are any.</summary>
    public string ToHex() => Convert.ToHexStringLower(ToBytes());

    /// <summary>Serializes, with witnesses where there are any and <paramref name="withWitness"/> asks for them.</summary>
    public void WriteTo(ref BitcoinWriter writer, bool withWitness)
    {
        withWitness &= HasWitness;
        writer.U32(Version);
        if (withWitness)
        {
            writer.U8(0);
            writer.U8(WitnessFlag);
        }

        writer.VarInt((ulong)Inputs.Length);
        foreach (var input in Inputs)
        {
            writer.Write(input.PreviousOutput);
            writer.VarBytes(input.ScriptSig.Span);
            writer.U32(input.Sequence);
        }

        writer.VarInt((ulong)Outputs.Length);
        foreach (var output in Outputs) writer.Write(output);
        if (withWitness)
        {
            foreach (var input in Inputs)
            {
                var stack = input.Witness.Stack;
                writer.VarInt((ulong)stack.Length);
                foreach (var item in stack) writer.VarBytes(item.Span);
            }
        }

        writer.U32(LockTime);
    }

    /// <summary>The same with another witness on one input.</summary>
    public Transaction WithWitness(int input, Witness witness)
    {
        // Neither the id nor the hashes that signatures share depend on witnesses.
        var copy = new Transaction(Version, Inputs.SetItem(input, Inputs[input] with { Witness = witness }), Outputs, LockTime) { _digests = _digests };
        if (_hasTxid) (copy._txid, copy._hasTxid) = (_txid, true);
        return copy;
    }

    /// <inheritdoc/>
    public bool Equals(Transaction? other)
    {
        if (ReferenceEquals(this, other)) return true;
        return other is not null && TxId == other.TxId && Wtxid == other.Wtxid;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Transaction);

    /// <inheritdoc/>
    public override int GetHashCode() => TxId.GetHashCode();

    /// <summary>The id.</summary>
    public override string ToString() => TxId.ToString();

    private static ImmutableArray<TxIn> ReadInputs(ref BitcoinReader reader)
    {
        var inputs = ImmutableArray.CreateBuilder<TxIn>(reader.Count(SmallestInput));
        for (var i = 0; i < inputs.Capacity; i++)
        {
            var previous = new OutPoint(new TxId(reader.Bytes32()), reader.U32());
            var scriptSig = new Script(reader.VarBytes());
            inputs.Add(new TxIn(previous, scriptSig, reader.U32(), Witness.Empty));
        }

        return inputs.MoveToImmutable();
    }

    private static ImmutableArray<TxOut> ReadOutputs(ref BitcoinReader reader)
    {
        var outputs = ImmutableArray.CreateBuilder<TxOut>(reader.Count(SmallestOutput));
        for (var i = 0; i < outputs.Capacity; i++) outputs.Add(new TxOut(new Satoshi(reader.I64()), new Script(reader.VarBytes())));
        return outputs.MoveToImmutable();
    }

    private static ImmutableArray<TxIn> ReadWitnesses(ref BitcoinReader reader, ImmutableArray<TxIn> inputs)
    {
        var complete = ImmutableArray.CreateBuilder<TxIn>(inputs.Length);
        var any = false;
        foreach (var input in inputs)
        {
            var stack = ImmutableArray.CreateBuilder<Bytes>(reader.Count(1));
            for (var i = 0; i < stack.Capacity; i++) stack.Add(reader.VarBytes());
            any |= stack.Count > 0;
            complete.Add(stack.Count == 0 ? input : input with { Witness = new Witness(stack.MoveToImmutable()) });
        }

        // One transaction must have one serialization: the extended form without any witness is refused, as Bitcoin Core does.
        return any ? complete.MoveToImmutable() : throw new FormatException("Superfluous witness record.");
    }

    private Bytes32 HashSerialized(bool withWitness)
    {
        var size = withWitness ? TotalSize : BaseSize;
        byte[]? rented = null;
        var buffer = size <= 1024 ? stackalloc byte[1024] : rented = ArrayPool<byte>.Shared.Rent(size);
        var writer = new BitcoinWriter(buffer);
        WriteTo(ref writer, withWitness);
        var hash = Hashes.Hash256(buffer[..writer.Length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }

    private int ComputeBaseSize()
    {
        checked
        {
            var size = 8 + VarInt.SizeOf((ulong)Inputs.Length) + VarInt.SizeOf((ulong)Outputs.Length);
            foreach (var input in Inputs) size += 40 + SizeOf(input.ScriptSig.Bytes);
            foreach (var output in Outputs) size += 8 + SizeOf(output.ScriptPubKey.Bytes);
            return size;
        }
    }

    private int ComputeTotalSize()
    {
        if (!HasWitness) return BaseSize;
        checked
        {
            var size = BaseSize + 2;
            foreach (var input in Inputs) size += input.Witness.Size;
            return size;
        }
    }

    private static int SizeOf(Bytes bytes) => VarInt.SizeOf((ulong)bytes.Length) + bytes.Length;
}
