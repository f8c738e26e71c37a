using System.Buffers.Binary;

namespace Lightning.Actors.Hosting;

/// <summary>Random values of the shapes that a node needs.</summary>
public static class RandomnessExtensions
{
    /// <summary>Thirty-two random bytes.</summary>
    public static Bytes32 NextBytes32(this IRandomness random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        random.Fill(bytes);
        return new Bytes32(bytes);
    }

    /// <summary>A random 64-bit number.</summary>
    public static ulong NextUInt64(this IRandomness random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[8];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A random 128-bit number.</summary>
    public static UInt128 NextUInt128(this IRandomness random) => new(random.NextUInt64(), random.NextUInt64());

    /// <summary>A random number in [0, 1).</summary>
    public static double NextDouble(this IRandomness random) => (random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A random span between half of <paramref name="middle"/> and one and a half of it, so that many who wait do not wake at once.</summary>
    public static TimeSpan Jitter(this IRandomness random, TimeSpan middle) => middle * (0.5 + random.NextDouble());
}
