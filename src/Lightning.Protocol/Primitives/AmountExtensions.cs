namespace Lightning.Protocol.Primitives;

/// <summary>Short ways to write and convert amounts.</summary>
public static class AmountExtensions
{
    /// <summary>So many satoshi.</summary>
    public static Satoshi Sat(this int value) => new(value);

    /// <summary>So many satoshi.</summary>
    public static Satoshi Sat(this long value) => new(value);

    /// <summary>So many millisatoshi.</summary>
    public static MilliSatoshi Msat(this int value) => new(value);

    /// <summary>So many millisatoshi.</summary>
    public static MilliSatoshi Msat(this long value) => new(value);

    /// <summary>The same amount in millisatoshi.</summary>
    public static MilliSatoshi ToMilliSatoshi(this Satoshi value) => MilliSatoshi.FromSatoshi(value);
}
