using System.Buffers.Binary;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Transactions;

/// <summary>The commitment number that a commitment transaction hides in its locktime and sequence (BOLT 3 "Commitment Transaction").</summary>
public static class CommitmentNumber
{
    /// <summary>2^48 - 1.</summary>
    public const ulong Max = 0xFFFF_FFFF_FFFF;

    /// <summary>The lower 48 bits of SHA256(payment_basepoint of the opener || payment_basepoint of the accepter).</summary>
    public static ulong ObscuringFactor(PubKey openerPaymentBasepoint, PubKey accepterPaymentBasepoint)
    {
        Span<byte> both = stackalloc byte[2 * PubKey.Size];
        openerPaymentBasepoint.Span.CopyTo(both);
        accepterPaymentBasepoint.Span.CopyTo(both[PubKey.Size..]);
        return BinaryPrimitives.ReadUInt64BigEndian(Hashes.Sha256(both).Span[24..]) & Max;
    }

    /// <summary>nLockTime: 0x20, then the lower 24 bits of the obscured number.</summary>
    public static uint LockTime(ulong commitmentNumber, ulong obscuringFactor) => 0x2000_0000 | (uint)(Obscure(commitmentNumber, obscuringFactor) & 0xFF_FFFF);

    /// <summary>nSequence: 0x80, then the upper 24 bits of the obscured number.</summary>
    public static uint Sequence(ulong commitmentNumber, ulong obscuringFactor) => 0x8000_0000 | (uint)(Obscure(commitmentNumber, obscuringFactor) >> 24);

    /// <summary>The number of a transaction that spends a funding output.</summary>
    /// <returns>Null where its locktime and sequence are not those of a commitment transaction (a mutual close, say).</returns>
    public static ulong? Decode(Transaction transaction, ulong obscuringFactor)
    {
        if (transaction.Inputs.Length != 1) return null;
        uint lockTime = transaction.LockTime, sequence = transaction.Inputs[0].Sequence;
        if (lockTime >> 24 != 0x20 || sequence >> 24 != 0x80) return null;
        return (((ulong)(sequence & 0xFF_FFFF) << 24) | (lockTime & 0xFF_FFFF)) ^ obscuringFactor;
    }

    private static ulong Obscure(ulong commitmentNumber, ulong obscuringFactor)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commitmentNumber, Max);
        return commitmentNumber ^ obscuringFactor;
    }
}
