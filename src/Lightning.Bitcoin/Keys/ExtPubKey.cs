using System.Buffers.Binary;
using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Bitcoin.Keys;

/// <summary>An extended public key (BIP 32): derives all public keys below it that are not hardened.</summary>
public sealed class ExtPubKey : IEquatable<ExtPubKey>
{
    internal ExtPubKey(PubKey pubKey, in Bytes32 chainCode, byte depth, uint parentFingerprint, uint childNumber) =>
        (PubKey, ChainCode, Depth, ParentFingerprint, ChildNumber) = (pubKey, chainCode, depth, parentFingerprint, childNumber);

    /// <summary>The public key.</summary>
    public PubKey PubKey { get; }

    /// <summary>The chain code. With it and one private key that is not hardened, the parent's private key is known.</summary>
    public Bytes32 ChainCode { get; }

    /// <summary>Steps from the root.</summary>
    public byte Depth { get; }

    /// <summary>The parent's <see cref="Fingerprint"/>; 0 for the root.</summary>
    public uint ParentFingerprint { get; }

    /// <summary>The last step of the path; 0 for the root.</summary>
    public uint ChildNumber { get; }

    /// <summary>First four bytes of the public key's HASH160, as in descriptors.</summary>
    public uint Fingerprint => BinaryPrimitives.ReadUInt32BigEndian(Hashes.Hash160(PubKey.Span));

    /// <summary>Reads an xpub or tpub.</summary>
    /// <exception cref="FormatException">Not an extended public key of this network.</exception>
    public static ExtPubKey Parse(string text, Network network)
    {
        var bytes = ExtendedKeyFormat.Read(text, network.ExtPubVersion, "extended public key", network, out var depth, out var parent, out var child, out var chainCode);
        return new ExtPubKey(PubKey.Parse(bytes.AsSpan(ExtendedKeyFormat.KeyOffset)), chainCode, depth, parent, child);
    }

    /// <summary>The child of a number below 2^31.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is hardened, which needs the private key.</exception>
    /// <exception cref="InvalidOperationException">There is no such child; take the next number (does not happen by chance).</exception>
    public ExtPubKey Derive(uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, KeyPath.HardenedBit);
        if (Depth == KeyPath.MaximumDepth) throw new InvalidOperationException($"A key of depth {Depth} has no children.");
        Span<byte> data = stackalloc byte[37];
        Span<byte> hash = stackalloc byte[64];
        PubKey.Span.CopyTo(data);
        BinaryPrimitives.WriteUInt32BigEndian(data[33..], index);
        HMACSHA512.HashData(ChainCode.Span, data, hash);
        return new ExtPubKey(PubKey.TweakAdd(new Bytes32(hash[..32])), new Bytes32(hash[32..]), (byte)(Depth + 1), Fingerprint, index);
    }

    /// <summary>The descendant at a path.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A step is hardened, which needs the private key.</exception>
    public ExtPubKey Derive(KeyPath path)
    {
        var key = this;
        foreach (var index in path.Indexes) key = key.Derive(index);
        return key;
    }

    /// <summary>The xpub (tpub on test networks).</summary>
    public string ToBase58(Network network)
    {
        Span<byte> bytes = stackalloc byte[ExtendedKeyFormat.Size];
        ExtendedKeyFormat.Write(bytes, network.ExtPubVersion, Depth, ParentFingerprint, ChildNumber, ChainCode);
        PubKey.Span.CopyTo(bytes[ExtendedKeyFormat.KeyOffset..]);
        return Base58.EncodeCheck(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(ExtPubKey? other) => other is not null && PubKey == other.PubKey && ChainCode == other.ChainCode
        && Depth == other.Depth && ParentFingerprint == other.ParentFingerprint && ChildNumber == other.ChildNumber;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExtPubKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PubKey, ChainCode);

    /// <summary>The public key and the depth; see <see cref="ToBase58"/> for the whole.</summary>
    public override string ToString() => $"ExtPubKey({PubKey}, depth {Depth})";
}
