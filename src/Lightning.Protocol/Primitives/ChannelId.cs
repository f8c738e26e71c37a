namespace Lightning.Protocol.Primitives;

/// <summary>A channel's name on the wire: temporary at first, then made of the funding outpoint (BOLT 2).</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct ChannelId(Bytes32 Value)
{
    /// <summary>Parses 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not 32 bytes of hexadecimal.</exception>
    public static ChannelId FromHex(string hex) => new(Bytes32.FromHex(hex));

    /// <summary>The id of a v1 channel: the funding txid with the output index exclusive-ored into its last two bytes (BOLT 2).</summary>
    public static ChannelId FromFunding(OutPoint funding)
    {
        Span<byte> id = stackalloc byte[Bytes32.Size];
        funding.TxId.Value.Span.CopyTo(id);
        id[30] ^= (byte)(funding.Index >> 8);
        id[31] ^= (byte)funding.Index;
        return new ChannelId(new Bytes32(id));
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Value.ToString();
}
