using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Noise;

/// <summary>
/// The encrypted transport after the handshake (BOLT 8): each message travels as its encrypted length (18 bytes) and its encrypted bytes with a
/// tag. One thread may read while another writes; neither direction is safe for two at once.
/// </summary>
public sealed class NoiseTransport : IDisposable
{
    /// <summary>Length of the encrypted length in bytes.</summary>
    public const int HeaderLength = 2 + NoiseCipher.TagLength;

    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessageLength = 65535;

    /// <summary>Most messages fit; longer ones borrow an array for as long as they are read.</summary>
    private const int UsualLength = 2048;

    private readonly NoiseCipher _sender;
    private readonly NoiseCipher _receiver;
    private readonly ArrayBufferWriter<byte> _outgoing = new(UsualLength);
    private readonly byte[] _incoming = new byte[UsualLength];
    private byte[]? _borrowed;
    private int _pendingLength = -1;

    internal NoiseTransport(NodeId remote, NoiseCipher sender, NoiseCipher receiver) => (Remote, _sender, _receiver) = (remote, sender, receiver);

    /// <summary>The authenticated node at the other end.</summary>
    public NodeId Remote { get; }

    /// <summary>Length of a message of so many bytes once it is encrypted.</summary>
    public static int EncryptedLength(int messageLength) => HeaderLength + messageLength + NoiseCipher.TagLength;

    /// <summary>Encrypts one message into a buffer.</summary>
    /// <exception cref="ArgumentException">The message exceeds 65,535 bytes.</exception>
    public void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxMessageLength) throw new ArgumentException($"A message of {message.Length} bytes exceeds {MaxMessageLength}.", nameof(message));
        var length = EncryptedLength(message.Length);
        var buffer = output.GetSpan(length);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)message.Length);
        _sender.Encrypt(buffer[..2], buffer[..HeaderLength]);
        _sender.Encrypt(message, buffer[HeaderLength..length]);
        output.Advance(length);
    }

    /// <summary>Encodes and encrypts one message into a buffer.</summary>
    /// <exception cref="InvalidOperationException">The message cannot be encoded; then nothing has been written.</exception>
    public void WriteMessage(IBufferWriter<byte> output, LightningMessage message)
    {
        _outgoing.ResetWrittenCount();
        MessageCodec.Encode(message, _outgoing);
        WriteMessage(output, _outgoing.WrittenSpan);
    }

    /// <summary>Takes the next message off the received bytes, if it is there in full.</summary>
    /// <param name="input">Received bytes; what was consumed is cut off, also where there is no whole message yet.</param>
    /// <param name="message">The decrypted message, valid until the next call.</param>
    /// <returns>Whether there was a whole message.</returns>
    /// <exception cref="NoiseException">Bytes do not authenticate: close the connection.</exception>
    public bool TryReadMessage(ref ReadOnlySequence<byte> input, out ReadOnlySpan<byte> message)
    {
        message = default;
        ReturnBorrowed();
        if (_pendingLength < 0)
        {
            if (input.Length < HeaderLength) return false;
            Span<byte> header = stackalloc byte[HeaderLength];
            input.Slice(0, HeaderLength).CopyTo(header);
            input = input.Slice(HeaderLength);
            Span<byte> length = stackalloc byte[2];
            _receiver.Decrypt(header, length);
            _pendingLength = BinaryPrimitives.ReadUInt16BigEndian(length);
        }

        var encryptedLength = _pendingLength + NoiseCipher.TagLength;
        if (input.Length < encryptedLength) return false;
        var encrypted = input.Slice(0, encryptedLength);
        var buffer = encryptedLength <= UsualLength ? _incoming : _borrowed = ArrayPool<byte>.Shared.Rent(encryptedLength);
        var plaintext = buffer.AsSpan(0, _pendingLength);
        if (encrypted.IsSingleSegment)
        {
            _receiver.Decrypt(encrypted.FirstSpan, plaintext);
        }
        else
        {
            encrypted.CopyTo(buffer);
            _receiver.Decrypt(buffer.AsSpan(0, encryptedLength), plaintext);
        }

        input = input.Slice(encryptedLength);
        _pendingLength = -1;
        message = plaintext;
        return true;
    }

    /// <summary>Zeroes the keys and the last message.</summary>
    public void Dispose()
    {
        ReturnBorrowed();
        CryptographicOperations.ZeroMemory(_incoming);
        _sender.Dispose();
        _receiver.Dispose();
    }

    private void ReturnBorrowed()
    {
        if (_borrowed is null) return;
        ArrayPool<byte>.Shared.Return(_borrowed);
        _borrowed = null;
    }
}
