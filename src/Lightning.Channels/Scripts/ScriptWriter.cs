using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Scripts;

/// <summary>Writes one of the short scripts of BOLT 3 into a buffer on the stack.</summary>
internal ref struct ScriptWriter(Span<byte> buffer)
{
    /// <summary>Enough for every script of BOLT 3 (the longest, a received HTLC with anchors, has 142 bytes).</summary>
    public const int MaxSize = 160;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public void Ops(params ReadOnlySpan<byte> ops)
    {
        ops.CopyTo(_buffer[_length..]);
        _length += ops.Length;
    }

    public void Push(scoped ReadOnlySpan<byte> data)
    {
        _buffer[_length++] = (byte)data.Length;
        data.CopyTo(_buffer[_length..]);
        _length += data.Length;
    }

    public void Push(PubKey key) => Push(key.Span);

    /// <summary>The shortest push of a number that is not negative: an opcode up to 16, else its little-endian bytes with room for the sign.</summary>
    public void Push(uint number)
    {
        if (number == 0)
        {
            _buffer[_length++] = 0;
            return;
        }

        if (number <= 16)
        {
            _buffer[_length++] = (byte)(Op.One + number - 1);
            return;
        }

        Span<byte> bytes = stackalloc byte[5];
        var size = 0;
        for (ulong rest = number; rest > 0; rest >>= 8) bytes[size++] = (byte)rest;
        if (bytes[size - 1] >= 0x80) bytes[size++] = 0;
        Push(bytes[..size]);
    }

    public readonly Script ToScript() => new(new Bytes(_buffer[.._length]));
}
