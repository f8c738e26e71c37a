using System.Globalization;

namespace Lightning.Protocol.Primitives;

/// <summary>An amount in thousandths of a satoshi, the unit of HTLCs and balances. Arithmetic is checked.</summary>
/// <param name="Value">Millisatoshi.</param>
public readonly record struct MilliSatoshi(long Value) : IComparable<MilliSatoshi>
{
    /// <summary>No money.</summary>
    public static MilliSatoshi Zero => default;

    /// <summary>From whole satoshi.</summary>
    public static MilliSatoshi FromSatoshi(Satoshi amount) => new(checked(amount.Value * 1000));

    /// <summary>Whole satoshi, rounded down, as BOLT 3 asks for outputs.</summary>
    public Satoshi ToSatoshi() => new(Math.DivRem(Value, 1000).Quotient - (Value % 1000 < 0 ? 1 : 0));

    /// <summary>The larger of two amounts.</summary>
    public static MilliSatoshi Max(MilliSatoshi left, MilliSatoshi right) => left >= right ? left : right;

    /// <summary>The smaller of two amounts.</summary>
    public static MilliSatoshi Min(MilliSatoshi left, MilliSatoshi right) => left <= right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(MilliSatoshi other) => Value.CompareTo(other.Value);

    /// <summary>The number with its unit.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value} msat");

    /// <summary>Checked sum.</summary>
    public static MilliSatoshi operator +(MilliSatoshi left, MilliSatoshi right) => new(checked(left.Value + right.Value));

    /// <summary>Checked difference.</summary>
    public static MilliSatoshi operator -(MilliSatoshi left, MilliSatoshi right) => new(checked(left.Value - right.Value));

    /// <summary>Checked product.</summary>
    public static MilliSatoshi operator *(MilliSatoshi left, long right) => new(checked(left.Value * right));

    /// <summary>Quotient rounded towards zero.</summary>
    public static MilliSatoshi operator /(MilliSatoshi left, long right) => new(left.Value / right);

    /// <summary>Order by amount.</summary>
    public static bool operator <(MilliSatoshi left, MilliSatoshi right) => left.Value < right.Value;

    /// <summary>Order by amount.</summary>
    public static bool operator >(MilliSatoshi left, MilliSatoshi right) => left.Value > right.Value;

    /// <summary>Order by amount.</summary>
    public static bool operator <=(MilliSatoshi left, MilliSatoshi right) => left.Value <= right.Value;

    /// <summary>Order by amount.</summary>
    public static bool operator >=(MilliSatoshi left, MilliSatoshi right) => left.Value >= right.Value;
}
