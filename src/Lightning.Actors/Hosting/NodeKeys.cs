using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Actors.Hosting;

/// <summary>
/// The secrets of a node, all from one seed. What is derived, and how, is part of every backup and never changes:
/// <code>
/// node key       = HKDF-SHA256(ikm: seed, salt: "lightning node keys v1", info: "node")
/// invoice secret = HKDF-SHA256(ikm: seed, salt: "lightning node keys v1", info: "invoice")
/// backup key     = HKDF-SHA256(ikm: seed, salt: "lightning node keys v1", info: "channel backup")
/// its nonce key  = HKDF-SHA256(ikm: seed, salt: "lightning node keys v1", info: "channel backup nonce")
/// seed's mark    = HKDF-SHA256(ikm: seed, salt: "lightning node keys v1", info: "channel backup mark"), 8 bytes
/// channel keys   = see Lightning.Channels.Keys.ChannelSecrets, from the same seed
/// </code>
/// Zeroed when disposed.
/// </summary>
public sealed class NodeKeys : IDisposable
{
    private readonly byte[] _seed;
    private readonly byte[] _invoiceSecret = GC.AllocateArray<byte>(Bytes32.Size, pinned: true);
    private readonly byte[] _backupKey = GC.AllocateArray<byte>(Bytes32.Size, pinned: true);
    private readonly byte[] _backupNonceKey = GC.AllocateArray<byte>(Bytes32.Size, pinned: true);
    private readonly byte[] _backupMark = new byte[8];

    private NodeKeys(ReadOnlySpan<byte> seed)
    {
        _seed = GC.AllocateArray<byte>(seed.Length, pinned: true);
        seed.CopyTo(_seed);
        Span<byte> secret = stackalloc byte[Bytes32.Size];
        Derive("node"u8, secret);
        NodeKey = Key.FromBytes(secret);
        CryptographicOperations.ZeroMemory(secret);
        Derive("invoice"u8, _invoiceSecret);
        Derive("channel backup"u8, _backupKey);
        Derive("channel backup nonce"u8, _backupNonceKey);
        Derive("channel backup mark"u8, _backupMark);
        NodeId = new NodeId(NodeKey.PubKey);
    }

    /// <summary>The node's public key.</summary>
    public NodeId NodeId { get; }

    /// <summary>The node's private key: handshakes, onions, invoices and announcements.</summary>
    public Key NodeKey { get; }

    /// <summary>The seed that channel keys are derived from.</summary>
    internal ReadOnlySpan<byte> Seed => _seed;

    /// <summary>Seals channel backups.</summary>
    internal ReadOnlySpan<byte> BackupKey => _backupKey;

    /// <summary>Stands on channel backups, so that one of another seed is recognised. Tells nothing of the seed.</summary>
    internal ReadOnlySpan<byte> BackupMark => _backupMark;

    /// <summary>From the node's seed (the 64 bytes of BIP 39), which is copied.</summary>
    /// <exception cref="ArgumentException">Fewer than 32 bytes.</exception>
    public static NodeKeys FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length >= 32 ? new NodeKeys(seed) : throw new ArgumentException($"A node seed has at least 32 bytes, not {seed.Length}.", nameof(seed));

    /// <summary>
    /// The payment secret of the invoice with this hash. Derived, so that an HTLC with a wrong one is turned away without
    /// looking for any invoice.
    /// </summary>
    internal PaymentSecret PaymentSecretFor(PaymentHash hash)
    {
        Span<byte> mac = stackalloc byte[Bytes32.Size];
        HMACSHA256.HashData(_invoiceSecret, hash.Value.Span, mac);
        return new PaymentSecret(new Bytes32(mac));
    }

    /// <summary>The nonce that a channel backup is sealed with, of its content.</summary>
    internal void BackupNonce(ReadOnlySpan<byte> content, Span<byte> nonce)
    {
        Span<byte> mac = stackalloc byte[Bytes32.Size];
        HMACSHA256.HashData(_backupNonceKey, content, mac);
        mac[..nonce.Length].CopyTo(nonce);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        CryptographicOperations.ZeroMemory(_invoiceSecret);
        CryptographicOperations.ZeroMemory(_backupKey);
        CryptographicOperations.ZeroMemory(_backupNonceKey);
        NodeKey.Dispose();
    }

    /// <summary>Never a secret.</summary>
    public override string ToString() => $"NodeKeys({NodeId})";

    private void Derive(ReadOnlySpan<byte> label, Span<byte> secret) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _seed, secret, "lightning node keys v1"u8, label);
}
