namespace Lightning.Bitcoin.Scripts;

/// <summary>Numbers on the script stack: little-endian, sign in the highest bit, zero is no bytes.</summary>
public static class ScriptNumber
{
    /// <summary>The most bytes that <see cref="Encode(long, Span{byte})"/> writes.</summary>
    public const int MaxSize = 9;

    /// <summary>Writes the shortest form.</summary>
    /// <param name="value">The number.</param>
    /// <param name="destination">At least <see cref="MaxSize"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Encode(long value, Span<byte> destination)
    {
        if (value == 0) return 0;
        var magnitude = value < 0 ? 0ul - (ulong)value : (ulong)value;
        var size = 0;
        for (; magnitude != 0; magnitude >>= 8) destination[size++] = (byte)magnitude;

        // The highest bit is the sign: where the magnitude uses it, one more byte carries the sign.
        if ((destination[size - 1] & 0x80) != 0) destination[size++] = (byte)(value < 0 ? 0x80 : 0);
        else if (value < 0) destination[size - 1] |= 0x80;
        return size;
    }

    /// <summary>The shortest form as fresh bytes.</summary>
    public static Bytes Encode(long value)
    {
        Span<byte> buffer = stackalloc byte[MaxSize];
        return new Bytes(buffer[..Encode(value, buffer)]);
    }

    /// <summary>Reads a number.</summary>
    /// <param name="bytes">As it lies on the stack.</param>
    /// <param name="maxSize">The most bytes allowed (4 for arithmetic, 5 for lock times); at most 8.</param>
    /// <param name="requireMinimal">Whether only the shortest form is accepted.</param>
    /// <param name="value">The number.</param>
    /// <returns>False where it is too long or, if that is asked for, not the shortest form.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, int maxSize, bool requireMinimal, out long value)
    {
        value = 0;
        if (bytes.Length > maxSize) return false;
        if (bytes.IsEmpty) return true;
        if (requireMinimal && !IsMinimal(bytes)) return false;
        ulong magnitude = 0;
        for (var i = 0; i < bytes.Length; i++) magnitude |= (ulong)bytes[i] << (8 * i);
        var sign = 0x80ul << (8 * (bytes.Length - 1));
        value = (magnitude & sign) != 0 ? -(long)(magnitude & ~sign) : (long)magnitude;
        return true;
    }

    private static bool IsMinimal(ReadOnlySpan<byte> bytes) =>
        (bytes[^1] & 0x7f) != 0 || (bytes.Length > 1 && (bytes[^2] & 0x80) != 0);
}
