using System.Buffers.Binary;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Scripts;

/// <summary>Builds a script operation by operation. Pushes and numbers take their shortest form (the policy rule MINIMALDATA).</summary>
public sealed class ScriptBuilder
{
    private byte[] _buffer;
    private int _length;

    /// <summary>Starts with an empty script.</summary>
    /// <param name="capacity">Expected size in bytes.</param>
    public ScriptBuilder(int capacity = 160) => _buffer = new byte[capacity];

    /// <summary>Appends one operation.</summary>
    public ScriptBuilder Op(OpCode code)
    {
        Grow(1)[0] = (byte)code;
        return this;
    }

    /// <summary>Appends one operation after another.</summary>
    public ScriptBuilder Op(params ReadOnlySpan<OpCode> codes)
    {
        foreach (var code in codes) Op(code);
        return this;
    }

    /// <summary>Pushes bytes: empty, one byte of 1 to 16 and 0x81 become OP_0, OP_1 to OP_16 and OP_1NEGATE.</summary>
    public ScriptBuilder Push(ReadOnlySpan<byte> data)
    {
        switch (data)
        {
            case []: return Op(OpCode.OP_0);
            case [>= 1 and <= 16]: return Op(OpCode.OP_1 + (byte)(data[0] - 1));
            case [0x81]: return Op(OpCode.OP_1NEGATE);
            default: return PushData(data);
        }
    }

    /// <summary>Pushes a public key (33 bytes).</summary>
    public ScriptBuilder Push(PubKey key) => Push(key.Span);

    /// <summary>Pushes a hash or an x-only key (32 bytes).</summary>
    public ScriptBuilder Push(in Bytes32 hash) => Push(hash.Span);

    /// <summary>Pushes a number, in one byte where it is -1 to 16.</summary>
    public ScriptBuilder Number(long value)
    {
        Span<byte> encoded = stackalloc byte[ScriptNumber.MaxSize];
        return Push(encoded[..ScriptNumber.Encode(value, encoded)]);
    }

    /// <summary>Appends bytes as they are: a piece of script made elsewhere.</summary>
    public ScriptBuilder Raw(ReadOnlySpan<byte> script)
    {
        script.CopyTo(Grow(script.Length));
        return this;
    }

    /// <summary>The script so far.</summary>
    public Script Build() => new(new Bytes(_buffer.AsSpan(0, _length)));

    private ScriptBuilder PushData(ReadOnlySpan<byte> data)
    {
        switch (data.Length)
        {
            case < (int)OpCode.OP_PUSHDATA1:
                Grow(1)[0] = (byte)data.Length;
                break;
            case <= byte.MaxValue:
                Op(OpCode.OP_PUSHDATA1);
                Grow(1)[0] = (byte)data.Length;
                break;
            case <= ushort.MaxValue:
                Op(OpCode.OP_PUSHDATA2);
                BinaryPrimitives.WriteUInt16LittleEndian(Grow(2), (ushort)data.Length);
                break;
            default:
                Op(OpCode.OP_PUSHDATA4);
                BinaryPrimitives.WriteInt32LittleEndian(Grow(4), data.Length);
                break;
        }

        return Raw(data);
    }

    private Span<byte> Grow(int count)
    {
        if (_length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
