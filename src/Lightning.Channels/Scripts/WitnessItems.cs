using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Scripts;

/// <summary>What witnesses of channel outputs are made of.</summary>
internal static class WitnessItems
{
    /// <summary>The byte 1: takes the OP_IF branch (MINIMALIF).</summary>
    public static Bytes True { get; } = new([1]);

    /// <summary>A signature in DER with its hash type.</summary>
    public static Bytes Signature(in EcdsaSignature signature, SigHashType type = SigHashType.All)
    {
        Span<byte> buffer = stackalloc byte[73];
        var compact = signature.Span;
        var length = 2;
        length += Integer(compact[..32], buffer[length..]);
        length += Integer(compact[32..], buffer[length..]);
        buffer[0] = 0x30;
        buffer[1] = (byte)(length - 2);
        buffer[length++] = (byte)type;
        return new Bytes(buffer[..length]);
    }

    public static Bytes Key(PubKey key) => new(key.Span);

    private static int Integer(ReadOnlySpan<byte> value, Span<byte> to)
    {
        var number = value.TrimStart((byte)0);
        if (number.IsEmpty) number = value[^1..];
        var pad = number[0] >= 0x80 ? 1 : 0;
        to[0] = 2;
        to[1] = (byte)(number.Length + pad);
        to[2] = 0;
        number.CopyTo(to[(2 + pad)..]);
        return 2 + pad + number.Length;
    }
}
