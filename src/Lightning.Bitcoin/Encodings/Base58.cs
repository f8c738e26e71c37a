using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Encodings;

/// <summary>Base58 of Bitcoin, bare and with a checksum of four bytes (legacy addresses, WIF, BIP 32).</summary>
public static class Base58
{
    /// <summary>Longest text that is decoded: the work grows with the square of the length, and nothing in Bitcoin passes 120 characters.</summary>
    public const int MaximumLength = 1024;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int ChecksumSize = 4;

    private static readonly sbyte[] Digits = MakeDigits();

    /// <summary>Encodes any bytes, without a checksum.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0);
        if (zeros < 0) return new string('1', bytes.Length);

        // log(256) / log(58) = 1.366 digits per byte, lowest digit first.
        var digits = new byte[((bytes.Length - zeros) * 138 / 100) + 1];
        var used = 0;
        foreach (var value in bytes[zeros..])
        {
            int carry = value;
            for (var i = 0; i < used || carry != 0; i++)
            {
                carry += 256 * digits[i];
                digits[i] = (byte)(carry % 58);
                carry /= 58;
                used = Math.Max(used, i + 1);
            }
        }

        return string.Create(zeros + used, (digits, zeros, used), static (text, state) =>
        {
            text[..state.zeros].Fill('1');
            for (var i = 0; i < state.used; i++) text[^(i + 1)] = Alphabet[state.digits[i]];
        });
    }

    /// <summary>Decodes text without a checksum.</summary>
    /// <returns>False where a character is none of base58's, or the text is longer than <see cref="MaximumLength"/>.</returns>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length > MaximumLength) return false;
        var ones = text.AsSpan().IndexOfAnyExcept('1');
        if (ones < 0) ones = text.Length;

        // log(58) / log(256) = 0.733 bytes per digit, lowest byte first.
        var reversed = new byte[((text.Length - ones) * 733 / 1000) + 1];
        var used = 0;
        foreach (var character in text.AsSpan(ones))
        {
            var carry = character < 128 ? Digits[character] : -1;
            if (carry < 0) return false;
            for (var i = 0; i < used || carry != 0; i++)
            {
                carry += 58 * reversed[i];
                reversed[i] = (byte)carry;
                carry >>= 8;
                used = Math.Max(used, i + 1);
            }
        }

        bytes = new byte[ones + used];
        for (var i = 0; i < used; i++) bytes[^(i + 1)] = reversed[i];
        return true;
    }

    /// <summary>Encodes with the first four bytes of the double SHA-256 behind the payload.</summary>
    public static string EncodeCheck(ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[payload.Length + ChecksumSize];
        payload.CopyTo(bytes);
        Hashes.Hash256(payload).Span[..ChecksumSize].CopyTo(bytes.AsSpan(payload.Length));
        return Encode(bytes);
    }

    /// <summary>Decodes text with a checksum.</summary>
    /// <returns>False where it is not base58, or the checksum is wrong.</returns>
    public static bool TryDecodeCheck(string text, [NotNullWhen(true)] out byte[]? payload)
    {
        payload = null;
        if (!TryDecode(text, out var bytes) || bytes.Length < ChecksumSize) return false;
        var body = bytes.AsSpan(0, bytes.Length - ChecksumSize);
        if (!Hashes.Hash256(body).Span[..ChecksumSize].SequenceEqual(bytes.AsSpan(body.Length))) return false;
        payload = body.ToArray();
        return true;
    }

    private static sbyte[] MakeDigits()
    {
        var digits = new sbyte[128];
        Array.Fill(digits, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++) digits[Alphabet[i]] = (sbyte)i;
        return digits;
    }
}
