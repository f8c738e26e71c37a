using System.Buffers.Binary;
using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Noise;

/// <summary>What both sides of the handshake share: chaining key, handshake hash and the current temporary key (BOLT 8).</summary>
internal sealed class HandshakeState : IDisposable
{
    internal const int TagLength = 16;
    internal const byte Version = 0;

    private readonly byte[] _chainingKey = new byte[32];
    private readonly byte[] _hash = new byte[32];
    private readonly byte[] _temporaryKey = new byte[32];

    internal HandshakeState(PubKey responder)
    {
        SHA256.HashData("Noise_XK_secp256k1_ChaChaPoly_SHA256"u8, _hash);
        _hash.CopyTo(_chainingKey, 0);
        MixHash("lightning"u8);
        MixHash(responder.Span);
    }

    internal void MixHash(ReadOnlySpan<byte> data)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(_hash);
        sha.AppendData(data);
        sha.GetHashAndReset(_hash);
    }

    /// <summary>Mixes a shared secret into the chaining key; the other half becomes the temporary key.</summary>
    internal void MixKey(Bytes32 sharedSecret) => Expand(_chainingKey, sharedSecret.Span, _chainingKey, _temporaryKey);

    /// <summary>Encrypts under the temporary key with the handshake hash as associated data, and mixes the result into that hash.</summary>
    internal void EncryptAndHash(ulong nonce, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        using var aead = new ChaCha20Poly1305(_temporaryKey);
        aead.Encrypt(Nonce(nonce, stackalloc byte[12]), plaintext, output[..plaintext.Length], output[plaintext.Length..], _hash);
        MixHash(output);
    }

    /// <summary>The reverse of <see cref="EncryptAndHash"/>.</summary>
    /// <returns>False where the tag does not authenticate; then nothing has been mixed.</returns>
    internal bool TryDecryptAndHash(ulong nonce, ReadOnlySpan<byte> input, Span<byte> plaintext)
    {
        using var aead = new ChaCha20Poly1305(_temporaryKey);
        try
        {
            aead.Decrypt(Nonce(nonce, stackalloc byte[12]), input[..^TagLength], input[^TagLength..], plaintext, _hash);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        MixHash(input);
        return true;
    }

    /// <summary>The two keys of the transport, the initiator's sending key first.</summary>
    internal NoiseTransport Split(PubKey remote, bool isInitiator)
    {
        Span<byte> initiatorKey = stackalloc byte[32];
        Span<byte> responderKey = stackalloc byte[32];
        Expand(_chainingKey, default, initiatorKey, responderKey);
        var transport = new NoiseTransport(
            new NodeId(remote),
            new NoiseCipher(isInitiator ? initiatorKey : responderKey, _chainingKey),
            new NoiseCipher(isInitiator ? responderKey : initiatorKey, _chainingKey));
        CryptographicOperations.ZeroMemory(initiatorKey);
        CryptographicOperations.ZeroMemory(responderKey);
        return transport;
    }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_chainingKey);
        CryptographicOperations.ZeroMemory(_temporaryKey);
    }

    /// <summary>
    /// HKDF-SHA256 without info, to 64 bytes (RFC 5869). The outputs may be the inputs. Written out in HMACs because the platform's HKDF
    /// refuses an empty input key with some versions of OpenSSL, and the last step of the handshake has one.
    /// </summary>
    internal static void Expand(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> inputKey, Span<byte> first, Span<byte> second)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[32];
        Span<byte> block = stackalloc byte[33];
        HMACSHA256.HashData(salt, inputKey, pseudoRandomKey);
        block[32] = 1;
        HMACSHA256.HashData(pseudoRandomKey, block[32..], block[..32]);
        block[..32].CopyTo(first);
        block[32] = 2;
        HMACSHA256.HashData(pseudoRandomKey, block, second);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>32 zero bits, then the counter in little-endian.</summary>
    internal static ReadOnlySpan<byte> Nonce(ulong counter, Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], counter);
        return nonce;
    }
}
