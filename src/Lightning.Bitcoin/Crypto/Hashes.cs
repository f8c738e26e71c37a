using System.Security.Cryptography;
using System.Text;

namespace Lightning.Bitcoin.Crypto;

/// <summary>The hash functions of Bitcoin and Lightning.</summary>
public static class Hashes
{
    private const int LargestOnStack = 512;

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
    public static byte[] Hash160(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(data, hash);
        return Ripemd160(hash);
    }

    /// <summary>RIPEMD-160.</summary>
    /// <returns>20 bytes.</returns>
    public static byte[] Ripemd160(ReadOnlySpan<byte> data)
    {
        var hash = new byte[Crypto.Ripemd160.HashSize];
        Crypto.Ripemd160.HashData(data, hash);
        return hash;
    }

    /// <summary>BIP 340 tagged hash: SHA-256(SHA-256(tag) || SHA-256(tag) || data).</summary>
    public static Bytes32 Tagged(string tag, ReadOnlySpan<byte> data) => Tagged(Encoding.UTF8.GetBytes(tag), data);

    /// <summary>BIP 340 tagged hash with a tag of bytes, as BOLT 12 has it.</summary>
    public static Bytes32 Tagged(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> data)
    {
        var length = 64 + data.Length;
        Span<byte> input = length <= LargestOnStack ? stackalloc byte[LargestOnStack] : new byte[length];
        SHA256.HashData(tag, input);
        input[..32].CopyTo(input[32..]);
        data.CopyTo(input[64..]);
        return Sha256(input[..length]);
    }
}
