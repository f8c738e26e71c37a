using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Lightning.Bitcoin.Encodings;

/// <summary>
/// Bech32 and bech32m (BIP 173, BIP 350), the regrouping of bytes into words of five bits, and the alphabet alone for strings without a checksum (BOLT 12).
/// </summary>
public static class Bech32
{
    /// <summary>BIP 173's limit in characters, below which the checksum finds any four errors. BOLT 11 has no such limit.</summary>
    public const int MaximumLength = 90;

    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;
    private const uint Bech32mConstant = 0x2BC830A3;

    private static readonly sbyte[] Digits = MakeDigits();

    private static ReadOnlySpan<uint> Generator => [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3];

    /// <summary>Encodes in lower case.</summary>
    /// <param name="prefix">The human readable part: 1 to 83 characters from ! to ~, no capital letter.</param>
    /// <param name="words">Words of five bits, one a byte.</param>
    /// <param name="variant">Which checksum.</param>
    /// <exception cref="ArgumentException">The prefix or a word is out of range.</exception>
    public static string Encode(string prefix, ReadOnlySpan<byte> words, Bech32Variant variant)
    {
        if (!IsPrefix(prefix) || prefix.AsSpan().ContainsAnyInRange('A', 'Z')) throw new ArgumentException($"'{prefix}' is no prefix of a bech32 string.", nameof(prefix));
        if (words.ContainsAnyExceptInRange((byte)0, (byte)31)) throw new ArgumentException("A word has more than five bits.", nameof(words));

        var checksum = StartOfChecksum(prefix);
        foreach (var word in words) checksum = Step(checksum, word);
        for (var i = 0; i < ChecksumLength; i++) checksum = Step(checksum, 0);
        checksum ^= ConstantOf(variant);

        var text = new char[prefix.Length + 1 + words.Length + ChecksumLength];
        prefix.CopyTo(text);
        text[prefix.Length] = '1';
        var position = prefix.Length + 1;
        foreach (var word in words) text[position++] = Alphabet[word];
        for (var i = 0; i < ChecksumLength; i++) text[position++] = Alphabet[(int)(checksum >> (5 * (ChecksumLength - 1 - i))) & 31];
        return new string(text);
    }

    /// <summary>Decodes; see <see cref="TryDecode"/>.</summary>
    /// <exception cref="FormatException">Not a bech32 string; the message says why.</exception>
    public static Bech32String Decode(string text, int maximumLength = MaximumLength) =>
        TryDecode(text, maximumLength, out var decoded, out var error) ? decoded : throw new FormatException(error);

    /// <summary>Decodes all lower or all upper case text with a bech32 or bech32m checksum.</summary>
    /// <param name="text">The string, without spaces.</param>
    /// <param name="maximumLength">Longest text accepted, in characters.</param>
    /// <param name="decoded">The parts.</param>
    /// <param name="error">What is wrong with the text, as a sentence.</param>
    public static bool TryDecode(string text, int maximumLength, [NotNullWhen(true)] out Bech32String? decoded, [NotNullWhen(false)] out string? error)
    {
        decoded = null;
        error = Check(text, maximumLength, out var separator);
        if (error is not null) return false;

        var prefix = text[..separator].ToLowerInvariant();
        var checksum = StartOfChecksum(prefix);
        var words = new byte[text.Length - separator - 1];
        for (var i = 0; i < words.Length; i++)
        {
            if (!TryDigit(text[separator + 1 + i], out words[i]))
            {
                error = $"Character {separator + 2 + i} ('{text[separator + 1 + i]}') does not occur in bech32 data.";
                return false;
            }

            checksum = Step(checksum, words[i]);
        }

        if (checksum is not (1 or Bech32mConstant))
        {
            error = "The checksum is wrong: the text is mistyped or cut.";
            return false;
        }

        decoded = new Bech32String(prefix, new Bytes(words.AsSpan(..^ChecksumLength)), checksum == 1 ? Bech32Variant.Bech32 : Bech32Variant.Bech32m);
        return true;
    }

    /// <summary>Regroups bytes into words of five bits, the last one padded with zero bits.</summary>
    public static byte[] ToWords(ReadOnlySpan<byte> bytes)
    {
        var words = new byte[((bytes.Length * 8) + 4) / 5];
        uint buffer = 0;
        int bits = 0, position = 0;
        foreach (var value in bytes)
        {
            buffer = (buffer << 8) | value;
            for (bits += 8; bits >= 5; bits -= 5) words[position++] = (byte)((buffer >> (bits - 5)) & 31);
        }

        if (bits > 0) words[position] = (byte)((buffer << (5 - bits)) & 31);
        return words;
    }

    /// <summary>Regroups words of five bits into bytes.</summary>
    /// <returns>False where what is left over is more than four bits, or not zero (BIP 173).</returns>
    public static bool TryToBytes(ReadOnlySpan<byte> words, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = ToBytesTruncated(words);
        var left = words.Length * 5 % 8;
        if (left < 5 && (left == 0 || (words[^1] & ((1 << left) - 1)) == 0)) return true;
        bytes = null;
        return false;
    }

    /// <summary>Regroups words of five bits into bytes and drops what is left over, whatever it is, as readers of BOLT 11 fields must.</summary>
    public static byte[] ToBytesTruncated(ReadOnlySpan<byte> words)
    {
        var bytes = new byte[words.Length * 5 / 8];
        uint buffer = 0;
        int bits = 0, position = 0;
        foreach (var word in words)
        {
            buffer = (buffer << 5) | word;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes[position++] = (byte)(buffer >> bits);
        }

        return bytes;
    }

    /// <summary>Words as characters of the alphabet, without prefix and checksum (BOLT 12).</summary>
    public static string WordsToText(ReadOnlySpan<byte> words)
    {
        var text = new char[words.Length];
        for (var i = 0; i < text.Length; i++) text[i] = Alphabet[words[i]];
        return new string(text);
    }

    /// <summary>Characters of the alphabet, in either case, as words (BOLT 12).</summary>
    /// <returns>False where a character is not in the alphabet.</returns>
    public static bool TryTextToWords(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? words)
    {
        words = new byte[text.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (TryDigit(text[i], out words[i])) continue;
            words = null;
            return false;
        }

        return true;
    }

    private static string? Check(string text, int maximumLength, out int separator)
    {
        separator = -1;
        if (text.Length > maximumLength) return $"The text has {text.Length} characters, more than the {maximumLength} allowed.";
        var outside = text.AsSpan().IndexOfAnyExceptInRange('!', '~');
        if (outside >= 0) return $"Character {outside + 1} is not printable ASCII.";
        if (text.AsSpan().ContainsAnyInRange('a', 'z') && text.AsSpan().ContainsAnyInRange('A', 'Z')) return "Lower and upper case are mixed.";
        separator = text.LastIndexOf('1');
        if (separator < 0) return "There is no separator '1'.";
        if (!IsPrefix(text.AsSpan(0, separator))) return "The part before the last '1' is empty or longer than 83 characters.";
        return text.Length - separator - 1 < ChecksumLength ? "The part after the last '1' is shorter than a checksum." : null;
    }

    private static bool IsPrefix(ReadOnlySpan<char> prefix) => prefix.Length is >= 1 and <= 83 && !prefix.ContainsAnyExceptInRange('!', '~');

    private static uint ConstantOf(Bech32Variant variant) => variant == Bech32Variant.Bech32 ? 1 : Bech32mConstant;

    private static uint StartOfChecksum(string prefix)
    {
        uint checksum = 1;
        foreach (var character in prefix) checksum = Step(checksum, (uint)character >> 5);
        checksum = Step(checksum, 0);
        foreach (var character in prefix) checksum = Step(checksum, (uint)character & 31);
        return checksum;
    }

    /// <summary>One step of the BCH code over GF(32).</summary>
    private static uint Step(uint checksum, uint word)
    {
        var top = checksum >> 25;
        checksum = ((checksum & 0x1FFFFFF) << 5) ^ word;
        for (; top != 0; top &= top - 1) checksum ^= Generator[BitOperations.TrailingZeroCount(top)];
        return checksum;
    }

    private static bool TryDigit(char character, out byte word)
    {
        var digit = character < 128 ? Digits[character] : (sbyte)-1;
        word = (byte)digit;
        return digit >= 0;
    }

    private static sbyte[] MakeDigits()
    {
        var digits = new sbyte[128];
        Array.Fill(digits, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++) digits[Alphabet[i]] = digits[char.ToUpperInvariant(Alphabet[i])] = (sbyte)i;
        return digits;
    }
}
