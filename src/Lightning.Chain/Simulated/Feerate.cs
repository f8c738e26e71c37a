namespace Lightning.Chain.Simulated;

/// <summary>Exact comparison of feerates: fees over virtual sizes, without rounding.</summary>
/// <param name="Fee">Satoshi.</param>
/// <param name="Size">Virtual bytes, more than 0.</param>
internal readonly record struct Feerate(Satoshi Fee, int Size) : IComparable<Feerate>
{
    public int CompareTo(Feerate other) => ((Int128)Fee.Value * other.Size).CompareTo((Int128)other.Fee.Value * Size);

    /// <summary>Both together.</summary>
    public Feerate With(Feerate other) => new(Fee + other.Fee, Size + other.Size);

    /// <summary>Whether the fee is at least <paramref name="rate"/>'s, rounded up as Bitcoin Core does.</summary>
    public bool Meets(FeeratePerKw rate) => Fee >= FeeOf(rate, Size);

    public static Satoshi FeeOf(FeeratePerKw rate, int size) => new((((long)rate.Value * 4 * size) + 999) / 1000);

    public static bool operator >(Feerate left, Feerate right) => left.CompareTo(right) > 0;

    public static bool operator <(Feerate left, Feerate right) => left.CompareTo(right) < 0;
}
