using System.Globalization;

namespace Lightning.Bitcoin.Primitives;

/// <summary>A feerate in satoshi per 1,000 weight units, the unit of BOLT 2 and BOLT 3.</summary>
/// <param name="Value">Satoshi per 1,000 weight units.</param>
public readonly record struct FeeratePerKw(uint Value) : IComparable<FeeratePerKw>
{
    /// <summary>The least that Bitcoin Core relays by default (1 sat/vB), rounded up as BOLT 3 rounds it: 253.</summary>
    public static FeeratePerKw Floor => new(253);

    /// <summary>From satoshi per virtual byte.</summary>
    public static FeeratePerKw FromSatPerVByte(decimal satPerVByte) => new(decimal.ToUInt32(Math.Ceiling(satPerVByte * 250m)));

    /// <summary>From satoshi per 1,000 virtual bytes, the unit of Bitcoin Core's feerates.</summary>
    public static FeeratePerKw FromSatPerKvB(Satoshi perKvB) => new(checked((uint)((perKvB.Value + 3) / 4)));

    /// <summary>The fee of a transaction of <paramref name="weight"/> weight units, rounded down as BOLT 3 asks.</summary>
    public Satoshi Fee(long weight) => new(checked(weight * Value) / 1000);

    /// <inheritdoc/>
    public int CompareTo(FeeratePerKw other) => Value.CompareTo(other.Value);

    /// <summary>The number with its unit.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value} sat/kw");

    /// <summary>Order by rate.</summary>
    public static bool operator <(FeeratePerKw left, FeeratePerKw right) => left.Value < right.Value;

    /// <summary>Order by rate.</summary>
    public static bool operator >(FeeratePerKw left, FeeratePerKw right) => left.Value > right.Value;

    /// <summary>Order by rate.</summary>
    public static bool operator <=(FeeratePerKw left, FeeratePerKw right) => left.Value <= right.Value;

    /// <summary>Order by rate.</summary>
    public static bool operator >=(FeeratePerKw left, FeeratePerKw right) => left.Value >= right.Value;
}
