using System.Globalization;

namespace Lightning.Bitcoin.Primitives;

/// <summary>An amount of bitcoin in satoshi (1e-8 BTC). Arithmetic is checked; a negative difference is allowed as a value, so compare before paying.</summary>
/// <param name="Value">Satoshi.</param>
public readonly record struct Satoshi(long Value) : IComparable<Satoshi>
{
    /// <summary>No money.</summary>
    public static Satoshi Zero => default;

    /// <summary>Twenty-one million bitcoin, the most that can exist.</summary>
    public static Satoshi MaxMoney => new(2_100_000_000_000_000);

    /// <summary>The larger of two amounts.</summary>
    public static Satoshi Max(Satoshi left, Satoshi right) => left >= right ? left : right;

    /// <summary>The smaller of two amounts.</summary>
    public static Satoshi Min(Satoshi left, Satoshi right) => left <= right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Satoshi other) => Value.CompareTo(other.Value);

    /// <summary>The number with its unit.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value} sat");

    /// <summary>Checked sum.</summary>
    public static Satoshi operator +(Satoshi left, Satoshi right) => new(checked(left.Value + right.Value));

    /// <summary>Checked difference.</summary>
    public static Satoshi operator -(Satoshi left, Satoshi right) => new(checked(left.Value - right.Value));

    /// <summary>Checked product.</summary>
    public static Satoshi operator *(Satoshi left, long right) => new(checked(left.Value * right));

    /// <summary>Quotient rounded towards zero.</summary>
    public static Satoshi operator /(Satoshi left, long right) => new(left.Value / right);

    /// <summary>Order by amount.</summary>
    public static bool operator <(Satoshi left, Satoshi right) => left.Value < right.Value;

    /// <summary>Order by amount.</summary>
    public static bool operator >(Satoshi left, Satoshi right) => left.Value > right.Value;

    /// <summary>Order by amount.</summary>
    public static bool operator <=(Satoshi left, Satoshi right) => left.Value <= right.Value;

    /// <summary>Order by amount.</summary>
    public static bool operator >=(Satoshi left, Satoshi right) => left.Value >= right.Value;
}
