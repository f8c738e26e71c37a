using System.Buffers.Binary;
using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Secrets;

namespace Lightning.Channels.Keys;

/// <summary>
/// The private keys of one channel, all from the node's seed and the channel's key-derivation index, so that a backup needs no more than those two:
/// <code>
/// channel    = HKDF-SHA256(ikm: node seed, salt: "lightning channel keys v1", info: u64 index, big endian)
/// secret     = HKDF-Expand-SHA256(channel, info: label), label one of "revocation", "payment", "delayed payment", "htlc", "per-commitment seed"
/// funding(i) = HKDF-Expand-SHA256(channel, info: "funding" || u32 i, big endian)
/// </code>
/// Never change it: the coins of every channel depend on it. Zeroed when disposed.
/// </summary>
internal sealed class ChannelSecrets : IDisposable
{
    private const int BranchBits = 16;

    private readonly byte[] _channel;
    private readonly byte[] _perCommitmentSeed;
    private readonly byte[] _branch = GC.AllocateArray<byte>(Bytes32.Size, pinned: true);
    private readonly Dictionary<uint, Key> _funding = [];
    private ulong? _branchIndex;
    private bool _disposed;

    private ChannelSecrets(byte[] channel)
    {
        _channel = channel;
        _perCommitmentSeed = GC.AllocateArray<byte>(Bytes32.Size, pinned: true);
        HKDF.Expand(HashAlgorithmName.SHA256, _channel, _perCommitmentSeed, "per-commitment seed"u8);
        Revocation = Expand("revocation"u8);
        Payment = Expand("payment"u8);
        DelayedPayment = Expand("delayed payment"u8);
        Htlc = Expand("htlc"u8);
    }

    /// <summary>Keys that are given, for the vectors of BOLT 3. Only the funding key of index 0 is known.</summary>
    internal ChannelSecrets(Key funding, Key revocation, Key payment, Key delayedPayment, Key htlc, in Bytes32 perCommitmentSeed)
    {
        _channel = [];
        _perCommitmentSeed = perCommitmentSeed.ToArray();
        _funding.Add(0, funding);
        Revocation = revocation;
        Payment = payment;
        DelayedPayment = delayedPayment;
        Htlc = htlc;
    }

    public Key Revocation { get; }

    public Key Payment { get; }

    public Key DelayedPayment { get; }

    public Key Htlc { get; }

    public static ChannelSecrets Derive(ReadOnlySpan<byte> nodeSeed, ulong keyIndex)
    {
        if (nodeSeed.Length < 32) throw new ArgumentException($"A node seed has at least 32 bytes, not {nodeSeed.Length}.", nameof(nodeSeed));
        Span<byte> info = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(info, keyIndex);
        var channel = GC.AllocateArray<byte>(Bytes32.Size, pinned: true);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, nodeSeed, channel, "lightning channel keys v1"u8, info);
        return new ChannelSecrets(channel);
    }

    /// <summary>
    /// The per-commitment secret of an index. The secret whose index ends in 16 zero bits is kept: it is two thirds of the way to each of the 65,536
    /// that follow from it, which are asked for one after the other.
    /// </summary>
    public Bytes32 PerCommitmentSecret(ulong index)
    {
        // Zeroed, the seed would go on to make secrets, and wrong ones.
        ObjectDisposedException.ThrowIf(_disposed, this);
        var branch = index & ~((1UL << BranchBits) - 1);
        if (_branchIndex != branch)
        {
            PerCommitmentSecrets.GenerateFromSeed(new Bytes32(_perCommitmentSeed), branch).Span.CopyTo(_branch);
            _branchIndex = branch;
        }

        return PerCommitmentSecrets.Derive(new Bytes32(_branch), BranchBits, index);
    }

    public Key Funding(uint index)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_funding.TryGetValue(index, out var known)) return known;
        if (_channel.Length == 0) throw new InvalidOperationException($"There is no funding key {index}: these keys were given, not derived.");
        Span<byte> info = stackalloc byte[7 + sizeof(uint)];
        "funding"u8.CopyTo(info);
        BinaryPrimitives.WriteUInt32BigEndian(info[7..], index);
        var key = Expand(info);
        _funding.Add(index, key);
        return key;
    }

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_channel);
        CryptographicOperations.ZeroMemory(_perCommitmentSeed);
        CryptographicOperations.ZeroMemory(_branch);
        foreach (var key in _funding.Values) key.Dispose();
        Revocation.Dispose();
        Payment.Dispose();
        DelayedPayment.Dispose();
        Htlc.Dispose();
    }

    public override string ToString() => "ChannelSecrets(hidden)";

    private Key Expand(ReadOnlySpan<byte> info)
    {
        Span<byte> secret = stackalloc byte[Bytes32.Size];
        HKDF.Expand(HashAlgorithmName.SHA256, _channel, secret, info);
        var key = Key.FromBytes(secret);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }
}
