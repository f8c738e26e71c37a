using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Bitcoin.Keys;

/// <summary>Private keys as text (wallet import format).</summary>
public static class Wif
{
    private const byte CompressedMark = 1;

    /// <summary>Encodes a key whose public key is used compressed, as all of Lightning's are. The text is as secret as the key.</summary>
    public static string Encode(Key key, Network network) => Encode(key, network, isCompressed: true);

    /// <summary>Encodes a key. The text is as secret as the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="network">The network.</param>
    /// <param name="isCompressed">Whether its public key is used compressed.</param>
    public static string Encode(Key key, Network network, bool isCompressed)
    {
        Span<byte> payload = stackalloc byte[34];
        payload[0] = network.WifVersion;
        key.CopyTo(payload[1..]);
        payload[33] = CompressedMark;
        var text = Base58.EncodeCheck(isCompressed ? payload : payload[..33]);
        CryptographicOperations.ZeroMemory(payload);
        return text;
    }

    /// <summary>Decodes a key.</summary>
    /// <exception cref="FormatException">Not a private key, or one of another network. The message does not repeat the text.</exception>
    public static Key Decode(string text, Network network) => Decode(text, network, out _);

    /// <summary>Decodes a key.</summary>
    /// <param name="text">The text.</param>
    /// <param name="network">The network it must belong to; testnet, signet and regtest share theirs.</param>
    /// <param name="isCompressed">Whether its public key is used compressed.</param>
    /// <exception cref="FormatException">Not a private key, or one of another network. The message does not repeat the text.</exception>
    public static Key Decode(string text, Network network, out bool isCompressed)
    {
        if (!Base58.TryDecodeCheck(text, out var payload)) throw new FormatException("The text is not a private key: not base58 with a right checksum.");
        try
        {
            isCompressed = payload.Length == 34 && payload[33] == CompressedMark;
            if (!isCompressed && payload.Length != 33) throw new FormatException("The text is not a private key: it holds something else.");
            if (payload[0] != network.WifVersion) throw new FormatException($"The text is not a private key of {network.Name}.");
            return Key.FromBytes(payload.AsSpan(1, 32));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(payload);
        }
    }
}
