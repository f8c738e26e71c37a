using System.Buffers.Binary;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Bitcoin.Keys;

/// <summary>The 78 bytes of an extended key: version, depth, parent's fingerprint, child number, chain code, key (BIP 32).</summary>
internal static class ExtendedKeyFormat
{
    internal const int Size = 78;

    internal const int KeyOffset = 45;

    internal static void Write(Span<byte> bytes, uint version, byte depth, uint parentFingerprint, uint childNumber, in Bytes32 chainCode)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, version);
        bytes[4] = depth;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[5..], parentFingerprint);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[9..], childNumber);
        chainCode.Span.CopyTo(bytes[13..]);
    }

    /// <summary>Decodes and checks everything but the key itself. No message repeats the text, which may be a secret.</summary>
    internal static byte[] Read(string text, uint version, string what, Network network, out byte depth, out uint parentFingerprint, out uint childNumber, out Bytes32 chainCode)
    {
        if (!Base58.TryDecodeCheck(text, out var bytes)) throw new FormatException($"The text is not an {what}: not base58 with a right checksum.");
        if (bytes.Length != Size) throw new FormatException($"The text is not an {what}: it holds {bytes.Length} bytes in place of {Size}.");
        var found = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (found != version) throw new FormatException($"The text is not an {what} of {network.Name}: its version is {found:x8}, expected {version:x8}.");
        depth = bytes[4];
        parentFingerprint = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(5));
        childNumber = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(9));
        chainCode = new Bytes32(bytes.AsSpan(13, 32));
        if (depth == 0 && (parentFingerprint != 0 || childNumber != 0)) throw new FormatException($"The text is not an {what}: a root key has neither parent nor child number.");
        return bytes;
    }
}
