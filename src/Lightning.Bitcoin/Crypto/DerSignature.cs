namespace Lightning.Bitcoin.Crypto;

/// <summary>DER of ECDSA signatures: SEQUENCE of two INTEGERs, big-endian and signed.</summary>
internal static class DerSignature
{
    private const byte Sequence = 0x30, Integer = 0x02;

    /// <summary>6 bytes of headers, two numbers of one byte or more.</summary>
    private const int ShortestStrict = 8;

    /// <summary>6 bytes of headers, two numbers of up to 33 bytes.</summary>
    private const int LongestStrict = 72;

    internal static byte[] Encode(ReadOnlySpan<byte> r, ReadOnlySpan<byte> s)
    {
        Span<byte> der = stackalloc byte[LongestStrict];
        der[0] = Sequence;
        var length = 2;
        length += WriteInteger(der[length..], r);
        length += WriteInteger(der[length..], s);
        der[1] = (byte)(length - 2);
        return der[..length].ToArray();
    }

    /// <summary>BIP 66: exact lengths, no padding, no negative number.</summary>
    internal static bool IsStrict(ReadOnlySpan<byte> der)
    {
        if (der.Length is < ShortestStrict or > LongestStrict || der[0] != Sequence || der[1] != der.Length - 2) return false;
        var rest = der[2..];
        return TakeStrictInteger(ref rest) && TakeStrictInteger(ref rest) && rest.IsEmpty;
    }

    /// <summary>The rules that Bitcoin Core's consensus code has kept of OpenSSL: lengths may be padded, trailing bytes and the sequence's length are ignored.</summary>
    internal static bool TryParseLax(ReadOnlySpan<byte> der, out EcdsaSignature signature, out bool fits)
    {
        signature = default;
        fits = false;
        if (der.IsEmpty || der[0] != Sequence || der.Length < 2) return false;
        var rest = der[1..];
        var lengthByte = rest[0];
        rest = rest[1..];
        if ((lengthByte & 0x80) != 0)
        {
            if ((lengthByte & 0x7F) > rest.Length) return false;
            rest = rest[(lengthByte & 0x7F)..];
        }

        if (!TakeLaxInteger(ref rest, out var r) || !TakeLaxInteger(ref rest, out var s)) return false;
        fits = r.Length <= 32 && s.Length <= 32;
        if (!fits) return true;
        Span<byte> compact = stackalloc byte[EcdsaSignature.Size];
        compact.Clear();
        r.CopyTo(compact[(32 - r.Length)..]);
        s.CopyTo(compact[(64 - s.Length)..]);
        signature = new EcdsaSignature(compact);
        return true;
    }

    private static int WriteInteger(Span<byte> destination, ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        var pad = number.IsEmpty || number[0] >= 0x80 ? 1 : 0; // a leading zero where the number would read as negative, and for zero itself
        destination[0] = Integer;
        destination[1] = (byte)(pad + number.Length);
        destination[2] = 0;
        number.CopyTo(destination[(2 + pad)..]);
        return 2 + pad + number.Length;
    }

    private static bool TakeStrictInteger(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 3 || rest[0] != Integer || rest[1] == 0 || rest[1] > rest.Length - 2) return false;
        var number = rest.Slice(2, rest[1]);
        rest = rest[(2 + number.Length)..];
        return number[0] < 0x80 && !(number.Length > 1 && number[0] == 0 && number[1] < 0x80);
    }

    /// <summary>The number without leading zeros; it may have any length.</summary>
    private static bool TakeLaxInteger(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> number)
    {
        number = default;
        if (rest.Length < 2 || rest[0] != Integer) return false;
        int length = rest[1];
        rest = rest[2..];
        if ((length & 0x80) != 0)
        {
            var bytes = length & 0x7F;
            if (bytes > rest.Length) return false;
            var digits = rest[..bytes].TrimStart((byte)0);
            if (digits.Length >= 4) return false;
            length = 0;
            foreach (var digit in digits) length = (length << 8) | digit;
            rest = rest[bytes..];
        }

        if (length > rest.Length) return false;
        number = rest[..length].TrimStart((byte)0);
        rest = rest[length..];
        return true;
    }
}
