using System.Security.Cryptography;
using System.Text;

namespace Lightning.Bitcoin.Keys;

/// <summary>A wallet's seed as English words (BIP 39). Never printed.</summary>
public sealed class Mnemonic
{
    private const int SmallestEntropy = 16, LargestEntropy = 32, BitsPerWord = 11, Rounds = 2048, SeedSize = 64;

    private static readonly string[] Words = EmbeddedText.Lines("bip39-english.txt").ToArray();

    private Mnemonic(string sentence) => Sentence = sentence;

    /// <summary>The words between single spaces: the secret.</summary>
    public string Sentence { get; }

    /// <summary>Makes the words of fresh entropy.</summary>
    /// <param name="entropy">16, 20, 24, 28 or 32 random bytes, for 12, 15, 18, 21 or 24 words.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length is < SmallestEntropy or > LargestEntropy || entropy.Length % 4 != 0)
        {
            throw new ArgumentException($"The entropy of a mnemonic has 16, 20, 24, 28 or 32 bytes, not {entropy.Length}.", nameof(entropy));
        }

        Span<byte> bits = stackalloc byte[LargestEntropy + 1];
        entropy.CopyTo(bits);
        bits[entropy.Length] = Checksum(entropy);
        var words = new string[entropy.Length * 3 / 4];
        for (var word = 0; word < words.Length; word++)
        {
            var index = 0;
            for (var bit = word * BitsPerWord; bit < (word + 1) * BitsPerWord; bit++) index = (index << 1) | ((bits[bit / 8] >> (7 - (bit % 8))) & 1);
            words[word] = Words[index];
        }

        CryptographicOperations.ZeroMemory(bits);
        return new Mnemonic(string.Join(' ', words));
    }

    /// <summary>Reads words, whatever their case and the space between them.</summary>
    /// <exception cref="FormatException">Not 12 to 24 English words, or the checksum is wrong. The message repeats no word.</exception>
    public static Mnemonic Parse(string sentence)
    {
        var words = sentence.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 12 or > 24 || words.Length % 3 != 0) throw new FormatException($"A mnemonic has 12, 15, 18, 21 or 24 words, not {words.Length}.");

        Span<byte> bits = stackalloc byte[LargestEntropy + 1];
        bits.Clear();
        for (var word = 0; word < words.Length; word++)
        {
            var index = Array.BinarySearch(Words, words[word], StringComparer.Ordinal);
            if (index < 0) throw new FormatException($"Word {word + 1} of the mnemonic is not in the English list of BIP 39.");
            for (var i = 0; i < BitsPerWord; i++)
            {
                var bit = (word * BitsPerWord) + i;
                bits[bit / 8] |= (byte)(((index >> (BitsPerWord - 1 - i)) & 1) << (7 - (bit % 8)));
            }
        }

        var entropy = bits[..(words.Length * 4 / 3)];
        var isRight = bits[entropy.Length] == Checksum(entropy);
        CryptographicOperations.ZeroMemory(bits);
        return isRight ? new Mnemonic(string.Join(' ', words)) : throw new FormatException("The mnemonic's checksum is wrong: a word is mistaken, or the words are out of order.");
    }

    /// <summary>The seed of a wallet.</summary>
    /// <param name="passphrase">BIP 39's optional passphrase. Each one gives another wallet; none is wrong.</param>
    /// <returns>64 bytes for <see cref="ExtKey.FromSeed"/>.</returns>
    public byte[] ToSeed(string passphrase = "") => SeedOf(Sentence, passphrase);

    /// <summary>The seed of a sentence in any language, unchecked.</summary>
    /// <param name="sentence">The words.</param>
    /// <param name="passphrase">BIP 39's optional passphrase.</param>
    /// <returns>64 bytes for <see cref="ExtKey.FromSeed"/>.</returns>
    /// <exception cref="ArgumentException">The text is not valid Unicode.</exception>
    public static byte[] SeedOf(string sentence, string passphrase)
    {
        var password = Encoding.UTF8.GetBytes(CompatibilityDecomposition.Apply(sentence));
        var salt = Encoding.UTF8.GetBytes(CompatibilityDecomposition.Apply("mnemonic" + passphrase));
        var seed = Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA512, SeedSize);
        CryptographicOperations.ZeroMemory(password);
        CryptographicOperations.ZeroMemory(salt);
        return seed;
    }

    /// <summary>Never the words.</summary>
    public override string ToString() => "Mnemonic(secret)";

    /// <summary>One bit for each four bytes of entropy, at the top of a byte.</summary>
    private static byte Checksum(ReadOnlySpan<byte> entropy)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(entropy, hash);
        return (byte)(hash[0] & (0xFF << (8 - (entropy.Length / 4))));
    }
}
