using System.Security.Cryptography;

namespace Lightning.Channels.Secrets;

/// <summary>A node's own chain of per-commitment secrets (BOLT 3 "Per-commitment Secret Requirements").</summary>
public static class PerCommitmentSecrets
{
    /// <summary>The index of commitment number 0; each later commitment is one lower. 2^48 - 1.</summary>
    public const ulong FirstIndex = 0xFFFF_FFFF_FFFF;

    /// <summary>The index of the secret of a commitment.</summary>
    /// <param name="commitmentNumber">0 for the first commitment.</param>
    /// <exception cref="ArgumentOutOfRangeException">Above 2^48 - 1.</exception>
    public static ulong IndexOf(ulong commitmentNumber)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commitmentNumber, FirstIndex);
        return FirstIndex - commitmentNumber;
    }

    /// <summary>generate_from_seed of BOLT 3: the secret of an index.</summary>
    /// <param name="seed">The channel's seed: never leaves the signer.</param>
    /// <param name="index">48 bits.</param>
    public static Bytes32 GenerateFromSeed(in Bytes32 seed, ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, FirstIndex);
        return Derive(seed, 48, index);
    }

    /// <summary>derive_secret of BOLT 3: the secret of an index from one whose index equals it in bits <paramref name="bits"/> to 47 and is zero below.</summary>
    internal static Bytes32 Derive(in Bytes32 from, int bits, ulong index)
    {
        Span<byte> secret = stackalloc byte[Bytes32.Size];
        from.Span.CopyTo(secret);
        for (var bit = bits - 1; bit >= 0; bit--)
        {
            if (((index >> bit) & 1) == 0) continue;
            secret[bit / 8] ^= (byte)(1 << (bit % 8));
            SHA256.HashData(secret, secret);
        }

        var derived = new Bytes32(secret);
        CryptographicOperations.ZeroMemory(secret);
        return derived;
    }
}
