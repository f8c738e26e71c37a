using System.Runtime.CompilerServices;

namespace Lightning.Routing.Scoring;

/// <summary>
/// -ln of the chance that a channel carries an amount, where any split of its capacity between its two sides is as likely as any other, and what is known lies
/// between a lower and an upper bound (Pickhardt, Richter: "Optimally Reliable &amp; Cheap Payment Flows on the Lightning Network").
/// </summary>
internal static class Chance
{
    /// <summary>The chance is never taken for less than this, because what was learnt may be wrong by now.</summary>
    public const double Least = 0.001;

    /// <summary>-ln of <see cref="Least"/>.</summary>
    public static readonly double Most = -Math.Log(Least);

    /// <summary>Of a channel of which nothing else is known.</summary>
    /// <param name="amount">Millisatoshi, at most the capacity.</param>
    /// <param name="capacity">Millisatoshi.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Unknown(long amount, long capacity)
    {
        // Most amounts are a small part of the capacity: a few terms of the series are as good as the logarithm, and much faster.
        var x = amount / (capacity + 1000.0);
        return x < 0.05 ? x * (1 + (x * (0.5 + (x * (1.0 / 3 + (x * 0.25)))))) : Math.Min(Most, -Math.Log(1 - x));
    }

    /// <summary>Of a channel that holds at least <paramref name="lower"/> and less than <paramref name="upper"/>.</summary>
    /// <param name="amount">Millisatoshi.</param>
    /// <param name="lower">Millisatoshi.</param>
    /// <param name="upper">Millisatoshi, above the lower bound.</param>
    public static double Between(double amount, double lower, double upper) =>
        amount <= lower ? 0 : amount >= upper ? Most : Math.Min(Most, -Math.Log((upper - amount) / (upper - lower)));
}
