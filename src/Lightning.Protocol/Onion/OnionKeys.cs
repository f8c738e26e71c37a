using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>The keys and the pseudo-random stream that BOLT 4 derives from a hop's shared secret ("Key Generation").</summary>
internal static class OnionKeys
{
    /// <summary>Key of the stream that hides the hop payloads, and of the AEAD of route blinding.</summary>
    public static ReadOnlySpan<byte> Rho => "rho"u8;

    /// <summary>Key of the packet's HMAC.</summary>
    public static ReadOnlySpan<byte> Mu => "mu"u8;

    /// <summary>Key of the HMACs of failures and of attribution data.</summary>
    public static ReadOnlySpan<byte> Um => "um"u8;

    /// <summary>Key of the first filling of a fresh packet.</summary>
    public static ReadOnlySpan<byte> Pad => "pad"u8;

    /// <summary>Key of the stream that hides a failure.</summary>
    public static ReadOnlySpan<byte> Ammag => "ammag"u8;

    /// <summary>Key of the stream that hides attribution data.</summary>
    public static ReadOnlySpan<byte> AmmagExt => "ammagext"u8;

    /// <summary>Tweak that blinds a node id (route blinding).</summary>
    public static ReadOnlySpan<byte> BlindedNodeId => "blinded_node_id"u8;

    private static ReadOnlySpan<byte> ZeroNonce => "\0\0\0\0\0\0\0\0\0\0\0\0"u8;

    /// <summary>HMAC-SHA256 with the key type as key and the secret as message.</summary>
    /// <param name="keyType">One of the names above.</param>
    /// <param name="secret">The 32-byte shared secret.</param>
    /// <param name="key">Receives 32 bytes.</param>
    public static void Derive(ReadOnlySpan<byte> keyType, in Bytes32 secret, Span<byte> key) => HMACSHA256.HashData(keyType, secret.Span, key);

    /// <summary>The same as a value.</summary>
    public static Bytes32 Derive(ReadOnlySpan<byte> keyType, in Bytes32 secret)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        Derive(keyType, secret, key);
        var value = new Bytes32(key);
        CryptographicOperations.ZeroMemory(key);
        return value;
    }

    /// <summary>Exclusive-ors <paramref name="data"/> with the stream of the key that <paramref name="keyType"/> names. The nonce is zero because no key is used twice.</summary>
    public static void ApplyStream(ReadOnlySpan<byte> keyType, in Bytes32 secret, Span<byte> data)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        Derive(keyType, secret, key);
        ChaCha20.Xor(key, ZeroNonce, 0, data);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>HMAC-SHA256 of <paramref name="data"/> with the key that <paramref name="keyType"/> names.</summary>
    /// <param name="keyType">Um or mu.</param>
    /// <param name="secret">The 32-byte shared secret.</param>
    /// <param name="data">What is authenticated.</param>
    /// <param name="mac">Receives 32 bytes.</param>
    public static void Mac(ReadOnlySpan<byte> keyType, in Bytes32 secret, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        Derive(keyType, secret, key);
        HMACSHA256.HashData(key, data, mac);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>SHA-256 of a public key and the secret shared by it: blinds the ephemeral key for the next hop.</summary>
    public static Bytes32 BlindingFactor(PubKey ephemeral, in Bytes32 sharedSecret)
    {
        Span<byte> both = stackalloc byte[PubKey.Size + Bytes32.Size];
        ephemeral.Span.CopyTo(both);
        sharedSecret.Span.CopyTo(both[PubKey.Size..]);
        return Hashes.Sha256(both);
    }
}
