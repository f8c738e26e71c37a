using System.Buffers.Binary;

namespace Lightning.Bitcoin.Scripts;

/// <summary>Walks over the operations of a script that anybody may have written, without copies.</summary>
public ref struct ScriptReader
{
    private readonly ReadOnlySpan<byte> _script;

    /// <summary>Starts at the first operation.</summary>
    public ScriptReader(ReadOnlySpan<byte> script) => _script = script;

    /// <summary>Offset in bytes of the next operation.</summary>
    public int Position { get; private set; }

    /// <summary>Whether all operations were read.</summary>
    public readonly bool AtEnd => Position >= _script.Length;

    /// <summary>Reads the next operation.</summary>
    /// <param name="code">The operation; for a direct push its length, 0x01 to 0x4b.</param>
    /// <param name="data">What it pushes; empty for what is no push of data, OP_1 to OP_16 included.</param>
    /// <returns>False at the end, and where a push reaches beyond the end of the script.</returns>
    public bool TryRead(out OpCode code, out ReadOnlySpan<byte> data)
    {
        code = OpCode.OP_INVALIDOPCODE;
        data = default;
        if (AtEnd) return false;
        code = (OpCode)_script[Position];
        var rest = _script[(Position + 1)..];
        var lengthSize = code switch { OpCode.OP_PUSHDATA1 => 1, OpCode.OP_PUSHDATA2 => 2, OpCode.OP_PUSHDATA4 => 4, _ => 0 };
        if (rest.Length < lengthSize) return false;
        var length = code switch
        {
            < OpCode.OP_PUSHDATA1 => (uint)code,
            OpCode.OP_PUSHDATA1 => rest[0],
            OpCode.OP_PUSHDATA2 => BinaryPrimitives.ReadUInt16LittleEndian(rest),
            OpCode.OP_PUSHDATA4 => BinaryPrimitives.ReadUInt32LittleEndian(rest),
            _ => 0u,
        };
        rest = rest[lengthSize..];
        if (length > (uint)rest.Length) return false;
        data = rest[..(int)length];
        Position += 1 + lengthSize + (int)length;
        return true;
    }
}
