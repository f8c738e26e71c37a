using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lightning.Protocol.Onion;

/// <summary>
/// Attribution data (BOLT 4, "Returning Errors"): 20 hold times, then a triangle of 210 truncated HMACs, by which each hop vouches for what it received
/// from behind it. The sender can tell at which hop a failure, or a hold time, was changed.
/// </summary>
/// <remarks>
/// The HMACs of node i (0 is the node that wrote last) are one block of 20 - i entries; entry j assumes that the node is y = 19 - i - j hops away from
/// the erring node. The HMAC of node 0 for y covers those that nodes 1 to y wrote for the matching distances, which all stand at the same j of their blocks.
/// </remarks>
public static class Attribution
{
    /// <summary>The longest route that can be attributed, in hops.</summary>
    public const int MaxHops = 20;

    /// <summary>Length in bytes.</summary>
    public const int Length = HoldTimesLength + (MaxHops * (MaxHops + 1) / 2 * HmacLength);

    private const int HoldTimeLength = 4;
    private const int HoldTimesLength = MaxHops * HoldTimeLength;
    private const int HmacLength = 4;
    private const long HoldTimeUnitTicks = TimeSpan.TicksPerMillisecond * 100;

    /// <summary>Adds ourselves to what came from the next hop, or begins.</summary>
    /// <param name="downstream">What the next hop sent; empty (or of another length, which nobody may send) where it sent nothing or we are the erring or final node.</param>
    /// <param name="sharedSecret">The secret that the HTLC's onion shared with us.</param>
    /// <param name="failure">The failure packet before our own encryption of it; empty for a fulfilled HTLC.</param>
    /// <param name="holdTime">How long we held the HTLC; counted in units of 100 ms.</param>
    /// <returns>920 bytes for the hop before us.</returns>
    public static byte[] Update(ReadOnlySpan<byte> downstream, in Bytes32 sharedSecret, ReadOnlySpan<byte> failure, TimeSpan holdTime)
    {
        var data = new byte[Length];
        if (downstream.Length == Length)
        {
            downstream.CopyTo(data);
            ShiftRight(data);
        }

        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)Math.Clamp(holdTime.Ticks / HoldTimeUnitTicks, 0, uint.MaxValue));
        WriteHmacs(data, sharedSecret, failure, 0, MaxHops);
        OnionKeys.ApplyStream(OnionKeys.AmmagExt, sharedSecret, data);
        return data;
    }

    /// <summary>The attribution data of the erring node, which has written the failure itself.</summary>
    /// <param name="sharedSecret">The secret that the HTLC's onion shared with us.</param>
    /// <param name="packet">What <see cref="FailureOnion.Create"/> made.</param>
    /// <param name="holdTime">How long we held the HTLC.</param>
    public static byte[] ForOwnFailure(in Bytes32 sharedSecret, ReadOnlySpan<byte> packet, TimeSpan holdTime)
    {
        var plain = packet.ToArray();
        OnionKeys.ApplyStream(OnionKeys.Ammag, sharedSecret, plain);
        return Update(default, sharedSecret, plain, holdTime);
    }

    /// <summary>Reads the hold times of a fulfilled HTLC as the sender of the payment.</summary>
    /// <param name="sharedSecrets">The secrets shared with the hops, in the order of the route.</param>
    /// <param name="attributionData">What came with <c>update_fulfill_htlc</c>.</param>
    /// <returns>The hold times from the first hop on, as far as they are genuine.</returns>
    public static IReadOnlyList<TimeSpan> ReadHoldTimes(ReadOnlySpan<Bytes32> sharedSecrets, ReadOnlySpan<byte> attributionData)
    {
        if (attributionData.Length != Length) return [];
        var data = attributionData.ToArray();
        var holdTimes = new List<TimeSpan>(sharedSecrets.Length);
        for (var i = 0; i < sharedSecrets.Length && TryPeel(data, sharedSecrets[i], default, i, sharedSecrets.Length, out var holdTime); i++)
            holdTimes.Add(holdTime);
        return holdTimes;
    }

    /// <summary>Undoes and checks the part of one hop; afterwards <paramref name="data"/> is as that hop received it.</summary>
    /// <param name="data">920 bytes, changed in place.</param>
    /// <param name="sharedSecret">The secret shared with the hop.</param>
    /// <param name="failure">The failure as that hop had it before its own encryption; empty for a fulfilled HTLC.</param>
    /// <param name="hopIndex">Index of the hop in the route.</param>
    /// <param name="hopCount">Number of hops in the route.</param>
    /// <param name="holdTime">How long that hop says it held the HTLC.</param>
    /// <returns>False where the hop's HMAC is wrong, and beyond 20 hops.</returns>
    internal static bool TryPeel(Span<byte> data, in Bytes32 sharedSecret, ReadOnlySpan<byte> failure, int hopIndex, int hopCount, out TimeSpan holdTime)
    {
        holdTime = default;
        if (hopIndex >= MaxHops) return false;
        OnionKeys.ApplyStream(OnionKeys.AmmagExt, sharedSecret, data);
        var distance = Math.Min(hopCount - 1 - hopIndex, MaxHops - 1 - hopIndex);
        var slot = MaxHops - 1 - distance;
        Span<byte> claimed = stackalloc byte[HmacLength];
        var stored = data.Slice(HmacOffset(0) + (slot * HmacLength), HmacLength);
        stored.CopyTo(claimed);
        WriteHmacs(data, sharedSecret, failure, slot, slot + 1);
        if (!CryptographicOperations.FixedTimeEquals(claimed, stored)) return false;
        holdTime = TimeSpan.FromTicks(BinaryPrimitives.ReadUInt32BigEndian(data) * HoldTimeUnitTicks);
        ShiftLeft(data);
        return true;
    }

    private static int HmacOffset(int node) => HoldTimesLength + (((MaxHops * node) - (node * (node - 1) / 2)) * HmacLength);

    private static void WriteHmacs(Span<byte> data, in Bytes32 sharedSecret, ReadOnlySpan<byte> failure, int firstSlot, int endSlot)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size], hmac = stackalloc byte[Bytes32.Size];
        OnionKeys.Derive(OnionKeys.Um, sharedSecret, key);
        var message = ArrayPool<byte>.Shared.Rent(failure.Length + HoldTimesLength + (MaxHops * HmacLength));
        try
        {
            failure.CopyTo(message);
            data[..HoldTimesLength].CopyTo(message.AsSpan(failure.Length));

            // Each slot covers fewer hold times than the one before, so what stands in front of its HMACs is still in place.
            for (var slot = firstSlot; slot < endSlot; slot++)
            {
                var distance = MaxHops - 1 - slot;
                var length = failure.Length + ((distance + 1) * HoldTimeLength);
                for (var node = 1; node <= distance; node++, length += HmacLength)
                    data.Slice(HmacOffset(node) + (slot * HmacLength), HmacLength).CopyTo(message.AsSpan(length));
                HMACSHA256.HashData(key, message.AsSpan(0, length), hmac);
                hmac[..HmacLength].CopyTo(data[(HmacOffset(0) + (slot * HmacLength))..]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Makes room for a node in front: the distance that no longer fits is dropped from every block.</summary>
    private static void ShiftRight(Span<byte> data)
    {
        data[..(HoldTimesLength - HoldTimeLength)].CopyTo(data[HoldTimeLength..]);
        for (var node = MaxHops - 2; node >= 0; node--)
            data.Slice(HmacOffset(node) + HmacLength, (MaxHops - 1 - node) * HmacLength).CopyTo(data[HmacOffset(node + 1)..]);
        data.Slice(HmacOffset(0), MaxHops * HmacLength).Clear();
    }

    /// <summary>Removes the node in front; what <see cref="ShiftRight"/> had dropped is zero.</summary>
    private static void ShiftLeft(Span<byte> data)
    {
        data.Slice(HoldTimeLength, HoldTimesLength - HoldTimeLength).CopyTo(data);
        data.Slice(HoldTimesLength - HoldTimeLength, HoldTimeLength).Clear();
        for (var node = 0; node < MaxHops - 1; node++)
        {
            data.Slice(HmacOffset(node), HmacLength).Clear();
            data.Slice(HmacOffset(node + 1), (MaxHops - 1 - node) * HmacLength).CopyTo(data[(HmacOffset(node) + HmacLength)..]);
        }

        data[HmacOffset(MaxHops - 1)..].Clear();
    }
}
