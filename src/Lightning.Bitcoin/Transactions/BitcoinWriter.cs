using System.Buffers.Binary;

namespace Lightning.Bitcoin.Transactions;

/// <summary>Writes Bitcoin's little-endian wire format into a buffer whose size was computed before.</summary>
public ref struct BitcoinWriter
{
    private readonly Span<byte> _buffer;

    /// <summary>Writes to the start of <paramref name="buffer"/>.</summary>
    public BitcoinWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>One byte.</summary>
    public void U8(byte value) => _buffer[Length++] = value;

    /// <summary>A 32-bit number.</summary>
    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[Length..], value);
        Length += 4;
    }

    /// <summary>A 64-bit number.</summary>
    public void I64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer[Length..], value);
        Length += 8;
    }

    /// <summary>A <see cref="VarInt"/>.</summary>
    public void VarInt(ulong value) => Length += Transactions.VarInt.Write(_buffer[Length..], value);

    /// <summary>Bytes as they are.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    /// <summary>Thirty-two bytes.</summary>
    public void Write(in Bytes32 value) => Write(value.Span);

    /// <summary>Bytes with their length in front.</summary>
    public void VarBytes(scoped ReadOnlySpan<byte> bytes)
    {
        VarInt((ulong)bytes.Length);
        Write(bytes);
    }

    /// <summary>The outpoint: id and index.</summary>
    public void Write(in OutPoint outPoint)
    {
        Write(outPoint.TxId.Value.Span);
        U32(outPoint.Index);
    }

    /// <summary>The output: amount and script.</summary>
    public void Write(TxOut output)
    {
        I64(output.Value.Value);
        VarBytes(output.ScriptPubKey.Span);
    }
}
