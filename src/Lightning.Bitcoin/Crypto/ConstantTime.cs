using System.Security.Cryptography;

namespace Lightning.Bitcoin.Crypto;

/// <summary>Comparisons whose duration says nothing about the values: for MACs, payment secrets and whatever else an attacker may guess at byte by byte.</summary>
public static class ConstantTime
{
    /// <summary>Equality; only a difference in length shows in time.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => CryptographicOperations.FixedTimeEquals(left, right);

    /// <summary>Equality.</summary>
    public static bool AreEqual(in Bytes32 left, in Bytes32 right) => CryptographicOperations.FixedTimeEquals(left.Span, right.Span);
}
