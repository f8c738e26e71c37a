using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>Makes blinded paths, and takes part in them (BOLT 4, "Route Blinding").</summary>
public static class RouteBlinding
{
    private const int TagLength = 16;

    private static ReadOnlySpan<byte> ZeroNonce => "\0\0\0\0\0\0\0\0\0\0\0\0"u8;

    /// <summary>Makes a path.</summary>
    /// <param name="pathSecret">A fresh random key (e_0 of the specification), never used for two paths.</param>
    /// <param name="nodes">The nodes in order: the introduction node first, the recipient last.</param>
    /// <param name="data">A TLV stream <c>encrypted_data_tlv</c> for each node.</param>
    /// <exception cref="ArgumentException">No node, or not one stream a node.</exception>
    public static BlindedPath Create(Key pathSecret, ReadOnlySpan<NodeId> nodes, ReadOnlySpan<Bytes> data)
    {
        if (nodes.IsEmpty || nodes.Length != data.Length)
            throw new ArgumentException($"A blinded path needs one data stream a node, got {data.Length} for {nodes.Length} nodes.", nameof(data));
        var hops = new BlindedHop[nodes.Length];
        var e = pathSecret;
        for (var i = 0; i < nodes.Length; i++)
        {
            var secret = e.Ecdh(nodes[i].Key);

            // The tweak of a point is not in constant time; it is done once a path, on our own machine, and the point is public.
            var blinded = nodes[i].Key.TweakMul(OnionKeys.Derive(OnionKeys.BlindedNodeId, secret));
            hops[i] = new BlindedHop(blinded, Encrypt(secret, data[i].Span));
            var next = e.TweakMul(OnionKeys.BlindingFactor(e.PubKey, secret));
            if (i > 0) e.Dispose();
            e = next;
        }

        e.Dispose();
        return new BlindedPath(nodes[0], pathSecret.PubKey, ImmutableCollectionsMarshal.AsImmutableArray(hops));
    }

    /// <summary>The private key of our blinded node id; to be disposed of.</summary>
    /// <param name="nodeKey">Our node key.</param>
    /// <param name="pathKey">The path key that came with the onion, or inside it.</param>
    public static Key BlindedKey(Key nodeKey, PubKey pathKey) => nodeKey.TweakMul(OnionKeys.Derive(OnionKeys.BlindedNodeId, nodeKey.Ecdh(pathKey)));

    /// <summary>Reads the <c>encrypted_recipient_data</c> for us.</summary>
    /// <param name="nodeKey">Our node key.</param>
    /// <param name="pathKey">The path key that came with the onion, or inside it.</param>
    /// <param name="encryptedRecipientData">The data.</param>
    /// <returns>Null where it was not encrypted for us with this path key.</returns>
    public static UnblindedData? Unblind(Key nodeKey, PubKey pathKey, ReadOnlySpan<byte> encryptedRecipientData)
    {
        if (encryptedRecipientData.Length < TagLength) return null;
        var secret = nodeKey.Ecdh(pathKey);
        Span<byte> rho = stackalloc byte[Bytes32.Size];
        OnionKeys.Derive(OnionKeys.Rho, secret, rho);
        var plaintext = new byte[encryptedRecipientData.Length - TagLength];
        using var aead = new ChaCha20Poly1305(rho);
        CryptographicOperations.ZeroMemory(rho);
        try
        {
            aead.Decrypt(ZeroNonce, encryptedRecipientData[..^TagLength], encryptedRecipientData[^TagLength..], plaintext);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return new UnblindedData(Bytes.Wrap(plaintext), pathKey.TweakMul(OnionKeys.BlindingFactor(pathKey, secret)));
    }

    private static Bytes Encrypt(in Bytes32 secret, ReadOnlySpan<byte> plaintext)
    {
        Span<byte> rho = stackalloc byte[Bytes32.Size];
        OnionKeys.Derive(OnionKeys.Rho, secret, rho);
        var encrypted = new byte[plaintext.Length + TagLength];
        using var aead = new ChaCha20Poly1305(rho);
        CryptographicOperations.ZeroMemory(rho);
        aead.Encrypt(ZeroNonce, plaintext, encrypted.AsSpan(0, plaintext.Length), encrypted.AsSpan(plaintext.Length));
        return Bytes.Wrap(encrypted);
    }
}
