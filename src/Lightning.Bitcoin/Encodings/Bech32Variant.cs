namespace Lightning.Bitcoin.Encodings;

/// <summary>The two checksums of bech32 strings.</summary>
public enum Bech32Variant
{
    /// <summary>BIP 173: witness version 0, BOLT 11.</summary>
    Bech32,

    /// <summary>BIP 350: witness versions 1 to 16.</summary>
    Bech32m,
}
