using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Lightning.Actors.Hosting;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.Backup;

/// <summary>
/// Seals what is known of channels for whoever has the seed, and nobody else. The bytes, which are read for ever:
/// <code>
/// "LACB" | version, 1 byte | seed's mark, 8 bytes | length of the rest, 4 bytes, big endian | nonce, 12 bytes | ChaCha20-Poly1305(key, nonce, aad: all before the nonce, ChannelBackupsProto)
/// key, seed's mark = see NodeKeys
/// nonce            = HMAC-SHA256(nonce key, content), its first 12 bytes: no two contents share one, whatever the source of randomness is worth
/// </code>
/// </summary>
internal static class BackupEnvelope
{
    /// <summary>The version that is written, and the last that is read.</summary>
    public const byte Version = 1;

    /// <summary>No backup has more bytes.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>No backup has more channels.</summary>
    public const int MaxChannels = 65_536;

    /// <summary>No channel takes more bytes.</summary>
    public const int MaxChannelLength = 16 * 1024;

    private const int MarkAt = 5, LengthAt = 13, NonceAt = 17, NonceSize = 12, TagSize = 16;
    private const int SealedAt = NonceAt + NonceSize;
    private const uint ChannelsTag = (4 << 3) | (uint)WireFormat.WireType.LengthDelimited;

    private static ReadOnlySpan<byte> Magic => "LACB"u8;

    /// <summary>Seals a backup. The same content gives the same bytes.</summary>
    /// <exception cref="BackupException">It is larger than any that can be read again.</exception>
    public static Bytes Seal(BackupContent content, NodeKeys keys, Network network)
    {
        var proto = new ChannelBackupsProto { NodeId = keys.NodeId.Key.ToProto(), Genesis = network.GenesisHash.Value.ToProto(), WrittenAt = content.WrittenAt.ToProto() };
        foreach (var channel in content.Channels) proto.Channels.Add(channel.ToProto());
        var plain = proto.ToByteArray();
        if (plain.Length > MaxLength - SealedAt - TagSize || content.Channels.Count > MaxChannels)
            throw new BackupException(BackupProblem.TooLarge, $"A channel backup holds at most {MaxChannels} channels in {MaxLength} bytes, not {content.Channels.Count} in {plain.Length}.");

        var bytes = new byte[SealedAt + plain.Length + TagSize];
        Magic.CopyTo(bytes);
        bytes[Magic.Length] = Version;
        keys.BackupMark.CopyTo(bytes.AsSpan(MarkAt));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LengthAt), bytes.Length - NonceAt);
        keys.BackupNonce(plain, bytes.AsSpan(NonceAt, NonceSize));
        using var cipher = new ChaCha20Poly1305(keys.BackupKey);
        cipher.Encrypt(bytes.AsSpan(NonceAt, NonceSize), plain, bytes.AsSpan(SealedAt, plain.Length), bytes.AsSpan(SealedAt + plain.Length), bytes.AsSpan(0, NonceAt));
        return Bytes.Wrap(bytes);
    }

    /// <summary>Opens a backup of this node.</summary>
    /// <exception cref="BackupException">It is none that this node can read.</exception>
    public static BackupContent Open(ReadOnlySpan<byte> bytes, NodeKeys keys, Network network)
    {
        if (bytes.Length > MaxLength) throw new BackupException(BackupProblem.TooLarge, $"This is no channel backup: it has {bytes.Length} bytes, a backup at most {MaxLength}.");
        var known = Math.Min(bytes.Length, Magic.Length);
        if (!bytes[..known].SequenceEqual(Magic[..known])) throw new BackupException(BackupProblem.NoBackup, "This is no channel backup of this kind of node.");
        if (bytes.Length > Magic.Length && bytes[Magic.Length] > Version)
            throw new BackupException(BackupProblem.NewerVersion, $"The channel backup has version {bytes[Magic.Length]}, this node reads none above {Version}: restore it with a newer version of the node.");
        if (bytes.Length < SealedAt + TagSize) throw new BackupException(BackupProblem.Truncated, $"The channel backup is cut off after {bytes.Length} bytes.");
        var length = NonceAt + (long)BinaryPrimitives.ReadUInt32BigEndian(bytes[LengthAt..]);
        if (bytes.Length < length) throw new BackupException(BackupProblem.Truncated, $"The channel backup is cut off: it has {bytes.Length} of {length} bytes.");
        if (bytes.Length > length || bytes[Magic.Length] == 0) throw Damaged();
        if (!CryptographicOperations.FixedTimeEquals(bytes.Slice(MarkAt, LengthAt - MarkAt), keys.BackupMark))
            throw new BackupException(BackupProblem.OtherSeed, "The channel backup was sealed by a node with another seed: it opens only where that node's seed is used.");

        var plain = new byte[bytes.Length - SealedAt - TagSize];
        using var cipher = new ChaCha20Poly1305(keys.BackupKey);
        try
        {
            cipher.Decrypt(bytes.Slice(NonceAt, NonceSize), bytes[SealedAt..^TagSize], bytes[^TagSize..], plain, bytes[..NonceAt]);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw Damaged(e);
        }

        return Read(plain, network);
    }

    private static BackupContent Read(byte[] plain, Network network)
    {
        try
        {
            Measure(plain);
            var proto = ChannelBackupsProto.Parser.ParseFrom(plain);
            if (!proto.Genesis.Span.SequenceEqual(network.GenesisHash.Value.Span))
                throw new BackupException(BackupProblem.OtherNetwork, $"The channel backup is of another network than {network}.");
            return new BackupContent(proto.WrittenAt.ToTime(), EquatableArray.Create([.. proto.Channels.Select(static channel => channel.ToBackup())]));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException or ArgumentException or FormatException or OverflowException or NullReferenceException)
        {
            // It is as this node sealed it: a later version put in what this one does not know.
            throw new BackupException(BackupProblem.NewerVersion, $"The channel backup holds what this version of the node cannot read: {e.Message}", e);
        }
    }

    // Before objects are made of it.
    private static void Measure(byte[] plain)
    {
        using var input = new CodedInputStream(plain);
        var channels = 0;
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            if (tag != ChannelsTag)
            {
                input.SkipLastField();
                continue;
            }

            var length = input.ReadBytes().Length;
            if (++channels > MaxChannels) throw new BackupException(BackupProblem.TooLarge, $"The channel backup holds more than {MaxChannels} channels.");
            if (length > MaxChannelLength) throw new BackupException(BackupProblem.TooLarge, $"The channel backup holds {length} bytes for one channel; at most {MaxChannelLength} are needed.");
        }
    }

    private static BackupException Damaged(Exception? cause = null) =>
        new(BackupProblem.Damaged, "The channel backup is damaged: it is not as it was written. Take another copy of it.", cause);
}
