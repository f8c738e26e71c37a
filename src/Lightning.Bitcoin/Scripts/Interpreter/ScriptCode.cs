namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>The part of a script that a signature covers.</summary>
internal static class ScriptCode
{
    /// <summary>Removes each push of a signature from a legacy script: a signature cannot sign itself.</summary>
    /// <returns>Whether there was any.</returns>
    public static bool FindAndDelete(ref Script script, Bytes signature)
    {
        var needle = PushOf(signature);
        var bytes = script.Span;
        var kept = new byte[bytes.Length];
        var length = 0;
        var keepFrom = 0;
        var found = false;
        var position = 0;
        while (true)
        {
            // Only where an operation starts; several in a row are all removed.
            bytes[keepFrom..position].CopyTo(kept.AsSpan(length));
            length += position - keepFrom;
            while (bytes[position..].StartsWith(needle))
            {
                position += needle.Length;
                found = true;
            }

            keepFrom = position;
            var reader = new ScriptReader(bytes[position..]);
            if (!reader.TryRead(out _, out _)) break;
            position += reader.Position;
        }

        if (!found) return false;
        bytes[keepFrom..].CopyTo(kept.AsSpan(length));
        script = new Script(new Bytes(kept.AsSpan(0, length + bytes.Length - keepFrom)));
        return true;
    }

    /// <summary>The push with an explicit length, which is how the rule is defined, even where OP_1 would be shorter.</summary>
    private static byte[] PushOf(Bytes data)
    {
        ReadOnlySpan<byte> head = data.Length switch
        {
            < (int)OpCode.OP_PUSHDATA1 => [(byte)data.Length],
            <= byte.MaxValue => [(byte)OpCode.OP_PUSHDATA1, (byte)data.Length],
            _ => [(byte)OpCode.OP_PUSHDATA2, (byte)data.Length, (byte)(data.Length >> 8)],
        };
        return [.. head, .. data.Span];
    }
}
