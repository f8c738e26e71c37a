using System.Buffers.Binary;
using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Bitcoin.Keys;

/// <summary>An extended private key (BIP 32). Zeroed when disposed; never printed.</summary>
public sealed class ExtKey : IDisposable
{
    private const int ShortestSeed = 16, LongestSeed = 64;

    private ExtKey(Key key, in Bytes32 chainCode, byte depth, uint parentFingerprint, uint childNumber) =>
        (Key, ChainCode, Depth, ParentFingerprint, ChildNumber) = (key, chainCode, depth, parentFingerprint, childNumber);

    /// <summary>The private key; disposed together with this.</summary>
    public Key Key { get; }

    /// <summary>The chain code.</summary>
    public Bytes32 ChainCode { get; }

    /// <summary>Steps from the root.</summary>
    public byte Depth { get; }

    /// <summary>The parent's <see cref="ExtPubKey.Fingerprint"/>; 0 for the root.</summary>
    public uint ParentFingerprint { get; }

    /// <summary>The last step of the path, 2^31 added where hardened; 0 for the root.</summary>
    public uint ChildNumber { get; }

    /// <summary>First four bytes of the public key's HASH160, as in descriptors.</summary>
    public uint Fingerprint => BinaryPrimitives.ReadUInt32BigEndian(Hashes.Hash160(Key.PubKey.Span));

    /// <summary>The root key of a seed.</summary>
    /// <param name="seed">16 to 64 bytes; 64 from a mnemonic.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    /// <exception cref="FormatException">The seed has no root key (does not happen by chance).</exception>
    public static ExtKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < ShortestSeed or > LongestSeed) throw new ArgumentException($"A seed has {ShortestSeed} to {LongestSeed} bytes, not {seed.Length}.", nameof(seed));
        Span<byte> hash = stackalloc byte[64];
        HMACSHA512.HashData("Bitcoin seed"u8, seed, hash);
        var key = new ExtKey(Key.FromBytes(hash[..32]), new Bytes32(hash[32..]), 0, 0, 0);
        CryptographicOperations.ZeroMemory(hash);
        return key;
    }

    /// <summary>Reads an xprv or tprv.</summary>
    /// <exception cref="FormatException">Not an extended private key of this network. The message does not repeat the text.</exception>
    public static ExtKey Parse(string text, Network network)
    {
        var bytes = ExtendedKeyFormat.Read(text, network.ExtPrvVersion, "extended private key", network, out var depth, out var parent, out var child, out var chainCode);
        try
        {
            if (bytes[ExtendedKeyFormat.KeyOffset] != 0) throw new FormatException("The text is not an extended private key: a zero byte must come before the key.");
            return new ExtKey(Key.FromBytes(bytes.AsSpan(ExtendedKeyFormat.KeyOffset + 1)), chainCode, depth, parent, child);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The child of a number; from 2^31 on hardened.</summary>
    /// <exception cref="InvalidOperationException">There is no such child; take the next number (does not happen by chance).</exception>
    public ExtKey Derive(uint index)
    {
        if (Depth == KeyPath.MaximumDepth) throw new InvalidOperationException($"A key of depth {Depth} has no children.");
        Span<byte> data = stackalloc byte[37];
        Span<byte> hash = stackalloc byte[64];
        if (index >= KeyPath.HardenedBit)
        {
            data[0] = 0;
            Key.CopyTo(data[1..]);
        }
        else
        {
            Key.PubKey.Span.CopyTo(data);
        }

        BinaryPrimitives.WriteUInt32BigEndian(data[33..], index);
        HMACSHA512.HashData(ChainCode.Span, data, hash);
        try
        {
            return new ExtKey(Key.TweakAdd(new Bytes32(hash[..32])), new Bytes32(hash[32..]), (byte)(Depth + 1), Fingerprint, index);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
            CryptographicOperations.ZeroMemory(hash);
        }
    }

    /// <summary>The descendant at a path; the keys between are zeroed. The empty path gives a copy.</summary>
    public ExtKey Derive(KeyPath path)
    {
        var key = new ExtKey(Key.Copy(), ChainCode, Depth, ParentFingerprint, ChildNumber);
        foreach (var index in path.Indexes)
        {
            using var parent = key;
            key = parent.Derive(index);
        }

        return key;
    }

    /// <summary>The public half.</summary>
    public ExtPubKey Neuter() => new(Key.PubKey, ChainCode, Depth, ParentFingerprint, ChildNumber);

    /// <summary>The xprv (tprv on test networks). As secret as the key.</summary>
    public string ToBase58(Network network)
    {
        Span<byte> bytes = stackalloc byte[ExtendedKeyFormat.Size];
        ExtendedKeyFormat.Write(bytes, network.ExtPrvVersion, Depth, ParentFingerprint, ChildNumber, ChainCode);
        bytes[ExtendedKeyFormat.KeyOffset] = 0;
        Key.CopyTo(bytes[(ExtendedKeyFormat.KeyOffset + 1)..]);
        var text = Base58.EncodeCheck(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    /// <summary>Zeroes the private key.</summary>
    public void Dispose() => Key.Dispose();

    /// <summary>Never the secret.</summary>
    public override string ToString() => "ExtKey(secret)";
}
