using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Lightning.Channels.Secrets;

/// <summary>
/// The per-commitment secrets a peer has revealed, in the compact form of BOLT 3 "Efficient Per-commitment Secret Storage": at most 49 of them stand
/// for all. Immutable. Secrets come in the order of commitment numbers, without a gap: which slots are filled, and for which index, follows from their
/// count alone.
/// </summary>
public sealed class PerCommitmentSecretStore : IEquatable<PerCommitmentSecretStore>
{
    private const int Slots = 49;
    private const int HeaderSize = 8;

    // Slot b holds the latest secret whose index has b trailing zeros. Empty slots hold zero and are never read.
    private readonly ImmutableArray<Bytes32> _slots;

    private PerCommitmentSecretStore(ulong count, ImmutableArray<Bytes32> slots) => (Count, _slots) = (count, slots);

    /// <summary>No secret yet.</summary>
    public static PerCommitmentSecretStore Empty { get; } = new(0, []);

    /// <summary>How many secrets were received; also the commitment number whose secret comes next.</summary>
    public ulong Count { get; }

    /// <summary>The index of the secret that comes next.</summary>
    public ulong NextIndex => PerCommitmentSecrets.FirstIndex - Count;

    /// <summary>insert_secret of BOLT 3: adds the secret of commitment number <see cref="Count"/>.</summary>
    /// <param name="secret">As revoke_and_ack carries it; that it matches the known per-commitment point is for the caller to check.</param>
    /// <param name="extended">The store with it.</param>
    /// <returns>False where it does not come from the same seed as the earlier ones, or no secret can follow.</returns>
    public bool TryInsert(in Bytes32 secret, [NotNullWhen(true)] out PerCommitmentSecretStore? extended)
    {
        extended = null;
        if (Count > PerCommitmentSecrets.FirstIndex) return false;
        var index = NextIndex;
        var slot = SlotOf(index);
        for (var lower = 0; lower < slot; lower++)
        {
            // Below the new one every slot is filled: its index has `slot` trailing zeros, and those between were all received.
            if (PerCommitmentSecrets.Derive(secret, slot, IndexIn(lower, index)) != _slots[lower]) return false;
        }

        extended = new PerCommitmentSecretStore(Count + 1, slot < _slots.Length ? _slots.SetItem(slot, secret) : _slots.Add(secret));
        return true;
    }

    /// <summary>derive_old_secret of BOLT 3.</summary>
    /// <param name="commitmentNumber">Of a revoked commitment of the peer.</param>
    /// <param name="secret">Its secret.</param>
    /// <returns>False where it has not been received yet.</returns>
    public bool TryGet(ulong commitmentNumber, out Bytes32 secret)
    {
        secret = default;
        if (commitmentNumber >= Count) return false;
        var index = PerCommitmentSecrets.IndexOf(commitmentNumber);
        var last = NextIndex + 1;
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            if ((index & (ulong.MaxValue << slot)) != IndexIn(slot, last)) continue;
            secret = PerCommitmentSecrets.Derive(_slots[slot], slot, index);
            return true;
        }

        throw new InvalidOperationException($"The store of {Count} secrets has none for commitment {commitmentNumber}.");
    }

    /// <summary>The count (8 bytes, big endian), then the secrets of the slots in use, 32 bytes each. At most 1,576 bytes.</summary>
    public Bytes ToBytes()
    {
        var bytes = new byte[HeaderSize + (_slots.Length * Bytes32.Size)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Count);
        for (var slot = 0; slot < _slots.Length; slot++) _slots[slot].Span.CopyTo(bytes.AsSpan(HeaderSize + (slot * Bytes32.Size)));
        return Bytes.Wrap(bytes);
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static PerCommitmentSecretStore Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize || bytes.Length > HeaderSize + (Slots * Bytes32.Size)) throw new FormatException($"{bytes.Length} bytes cannot be a store of secrets.");
        var count = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        if (count > PerCommitmentSecrets.FirstIndex + 1) throw new FormatException($"A count of {count} secrets is beyond 2^48.");
        var used = SlotsInUse(count);
        if (bytes.Length != HeaderSize + (used * Bytes32.Size)) throw new FormatException($"A store of {count} secrets has {used} slots, not {bytes.Length} bytes.");
        var slots = ImmutableArray.CreateBuilder<Bytes32>(used);
        for (var slot = 0; slot < used; slot++) slots.Add(new Bytes32(bytes.Slice(HeaderSize + (slot * Bytes32.Size), Bytes32.Size)));
        return count == 0 ? Empty : new PerCommitmentSecretStore(count, slots.MoveToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(PerCommitmentSecretStore? other) => other is not null && Count == other.Count && _slots.AsSpan().SequenceEqual(other._slots.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PerCommitmentSecretStore);

    /// <inheritdoc/>
    public override int GetHashCode() => Count.GetHashCode();

    /// <summary>The count, never a secret.</summary>
    public override string ToString() => $"{Count} per-commitment secrets";

    // where_to_put_secret of BOLT 3.
    private static int SlotOf(ulong index) => index == 0 ? Slots - 1 : BitOperations.TrailingZeroCount(index);

    // Slots fill from below: slot b gets its first secret, of index 2^48 - 2^b, when the count reaches 2^b.
    private static int SlotsInUse(ulong count) => 64 - BitOperations.LeadingZeroCount(count);

    // The least index with exactly `slot` trailing zeros that is not below `last`: what the slot held when `last` was (or is about to be) received.
    private static ulong IndexIn(int slot, ulong last)
    {
        if (slot == Slots - 1) return 0;
        var index = (last & (ulong.MaxValue << (slot + 1))) | (1UL << slot);
        return index < last ? index + (2UL << slot) : index;
    }
}
