using System.Security.Cryptography;

namespace Lightning.Bitcoin.Crypto;

/// <summary>The hash functions of Bitcoin and Lightning.</summary>
public static class Hashes
{
    /// <summary>SHA-256.</summary>
    public static Bytes32 Sha256(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(data, hash);
        return new Bytes32(hash);
    }

    /// <summary>SHA-256 twice.</summary>
    public static Bytes32 Hash256(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(data, hash);
        SHA256.HashData(hash, hash);
        return new Bytes32(hash);
    }

    /// <summary>RIPEMD-160 of SHA-256.</summary>
    /// <returns>20 bytes.</returns>
    public static byte[] Hash160(ReadOnlySpan<byte> data) => throw new NotImplementedException();

    /// <summary>RIPEMD-160.</summary>
    /// <returns>20 bytes.</returns>
    public static byte[] Ripemd160(ReadOnlySpan<byte> data) => throw new NotImplementedException();

    /// <summary>BIP 340 tagged hash: SHA-256(SHA-256(tag) || SHA-256(tag) || data).</summary>
    public static Bytes32 Tagged(string tag, ReadOnlySpan<byte> data) => throw new NotImplementedException();
}
