using System.Security.Cryptography;

namespace Lightning.Protocol.Noise;

/// <summary>One direction of the transport: ChaCha20-Poly1305 with a counter as nonce and a new key after every 1,000 operations (BOLT 8).</summary>
internal sealed class NoiseCipher : IDisposable
{
    internal const int TagLength = HandshakeState.TagLength;
    private const ulong RotationInterval = 1000;

    private readonly byte[] _key;
    private readonly byte[] _chainingKey;
    private ChaCha20Poly1305 _aead;
    private ulong _nonce;

    internal NoiseCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> chainingKey)
    {
        _key = key.ToArray();
        _chainingKey = chainingKey.ToArray();
        _aead = new ChaCha20Poly1305(_key);
    }

    /// <summary>Encrypts; the output is 16 bytes longer than the input and may begin where it does.</summary>
    internal void Encrypt(ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        _aead.Encrypt(HandshakeState.Nonce(_nonce, stackalloc byte[12]), plaintext, output[..plaintext.Length], output.Slice(plaintext.Length, TagLength));
        Advance();
    }

    /// <summary>Decrypts; the output is 16 bytes shorter than the input and may begin where it does.</summary>
    /// <exception cref="NoiseException">The tag does not authenticate.</exception>
    internal void Decrypt(ReadOnlySpan<byte> input, Span<byte> plaintext)
    {
        try
        {
            _aead.Decrypt(HandshakeState.Nonce(_nonce, stackalloc byte[12]), input[..^TagLength], input[^TagLength..], plaintext);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new NoiseException(0, NoiseFailure.BadTag);
        }

        Advance();
    }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_chainingKey);
        _aead.Dispose();
    }

    private void Advance()
    {
        if (++_nonce < RotationInterval) return;
        HandshakeState.Expand(_chainingKey, _key, _chainingKey, _key);
        _aead.Dispose();
        _aead = new ChaCha20Poly1305(_key);
        _nonce = 0;
    }
}
