namespace Lightning.Bitcoin.Encodings;

/// <summary>What a bech32 string holds.</summary>
/// <param name="Prefix">The human readable part, in lower case.</param>
/// <param name="Words">The data in groups of five bits, one a byte, without the checksum.</param>
/// <param name="Variant">Which checksum it carries.</param>
public sealed record Bech32String(string Prefix, Bytes Words, Bech32Variant Variant)
{
    /// <summary>The string in lower case.</summary>
    public override string ToString() => Bech32.Encode(Prefix, Words.Span, Variant);
}
