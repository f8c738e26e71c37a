using System.Collections.Immutable;

namespace Lightning.Channels.Transactions;

/// <summary>
/// What a commitment transaction commits to, from the view of its owner (BOLT 3's "local" node). Pure data: whether a balance is affordable is
/// for BOLT 2's rules to say, so a balance may be negative while an update is examined; <see cref="CommitmentTransaction"/> refuses it.
/// </summary>
public sealed class CommitmentSpec : IEquatable<CommitmentSpec>
{
    /// <summary>Makes a specification.</summary>
    /// <param name="feerate">feerate_per_kw of the commitment and its HTLC transactions.</param>
    /// <param name="toLocal">The owner's balance before fees and anchors, HTLCs excluded; millisatoshi.</param>
    /// <param name="toRemote">The other node's balance before fees and anchors, HTLCs excluded; millisatoshi.</param>
    /// <param name="htlcs">The HTLCs in any order.</param>
    /// <exception cref="ArgumentException">Two HTLCs of one direction share an id.</exception>
    public CommitmentSpec(FeeratePerKw feerate, MilliSatoshi toLocal, MilliSatoshi toRemote, ImmutableArray<CommittedHtlc> htlcs = default)
    {
        Feerate = feerate;
        ToLocal = toLocal;
        ToRemote = toRemote;
        Htlcs = Ordered(htlcs);
    }

    /// <summary>feerate_per_kw of the commitment and its HTLC transactions.</summary>
    public FeeratePerKw Feerate { get; }

    /// <summary>The owner's balance before fees and anchors, HTLCs excluded; millisatoshi.</summary>
    public MilliSatoshi ToLocal { get; }

    /// <summary>The other node's balance before fees and anchors, HTLCs excluded; millisatoshi.</summary>
    public MilliSatoshi ToRemote { get; }

    /// <summary>The HTLCs, offered ones first, then by id. Never a default array.</summary>
    public ImmutableArray<CommittedHtlc> Htlcs { get; }

    /// <summary>All the money in it: both balances and the HTLCs; equals the capacity. Millisatoshi.</summary>
    public MilliSatoshi Total
    {
        get
        {
            var total = ToLocal + ToRemote;
            foreach (var htlc in Htlcs) total += htlc.Amount;
            return total;
        }
    }

    /// <summary>The HTLC of that direction and id, or null.</summary>
    public CommittedHtlc? Find(HtlcDirection direction, ulong id)
    {
        var index = IndexOf(direction, id);
        return index >= 0 ? Htlcs[index] : null;
    }

    /// <summary>update_add_htlc: its amount leaves the balance of the node that offers it.</summary>
    /// <exception cref="ArgumentException">There is one of that direction and id.</exception>
    public CommitmentSpec Add(CommittedHtlc htlc)
    {
        var index = IndexOf(htlc.Direction, htlc.Id);
        if (index >= 0) throw new ArgumentException($"There is an {htlc.Direction} HTLC {htlc.Id} already.", nameof(htlc));
        return htlc.Direction == HtlcDirection.Offered
            ? new CommitmentSpec(Feerate, ToLocal - htlc.Amount, ToRemote, Htlcs.Insert(~index, htlc))
            : new CommitmentSpec(Feerate, ToLocal, ToRemote - htlc.Amount, Htlcs.Insert(~index, htlc));
    }

    /// <summary>update_fulfill_htlc: its amount goes to the node that received it.</summary>
    /// <exception cref="ArgumentException">There is none of that direction and id.</exception>
    public CommitmentSpec Fulfill(HtlcDirection direction, ulong id) => Remove(direction, id, toOwner: direction == HtlcDirection.Received);

    /// <summary>update_fail_htlc or update_fail_malformed_htlc: its amount goes back to the node that offered it.</summary>
    /// <exception cref="ArgumentException">There is none of that direction and id.</exception>
    public CommitmentSpec Fail(HtlcDirection direction, ulong id) => Remove(direction, id, toOwner: direction == HtlcDirection.Offered);

    /// <summary>update_fee.</summary>
    public CommitmentSpec WithFeerate(FeeratePerKw feerate) => new(feerate, ToLocal, ToRemote, Htlcs);

    /// <summary>The same balances and HTLCs from the view of the other node.</summary>
    public CommitmentSpec Mirrored()
    {
        var mirrored = ImmutableArray.CreateBuilder<CommittedHtlc>(Htlcs.Length);
        foreach (var htlc in Htlcs) mirrored.Add(htlc.Mirrored());
        return new CommitmentSpec(Feerate, ToRemote, ToLocal, mirrored.MoveToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(CommitmentSpec? other) =>
        other is not null && Feerate == other.Feerate && ToLocal == other.ToLocal && ToRemote == other.ToRemote && Htlcs.AsSpan().SequenceEqual(other.Htlcs.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CommitmentSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Feerate, ToLocal, ToRemote, Htlcs.Length);

    /// <summary>Balances, feerate and number of HTLCs.</summary>
    public override string ToString() => $"to_local {ToLocal}, to_remote {ToRemote}, {Htlcs.Length} HTLCs, {Feerate}";

    private CommitmentSpec Remove(HtlcDirection direction, ulong id, bool toOwner)
    {
        var index = IndexOf(direction, id);
        if (index < 0) throw new ArgumentException($"There is no {direction} HTLC {id}.", nameof(id));
        var amount = Htlcs[index].Amount;
        return toOwner
            ? new CommitmentSpec(Feerate, ToLocal + amount, ToRemote, Htlcs.RemoveAt(index))
            : new CommitmentSpec(Feerate, ToLocal, ToRemote + amount, Htlcs.RemoveAt(index));
    }

    private int IndexOf(HtlcDirection direction, ulong id)
    {
        int low = 0, high = Htlcs.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Compare(Htlcs[middle], direction, id);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }

    private static ImmutableArray<CommittedHtlc> Ordered(ImmutableArray<CommittedHtlc> htlcs)
    {
        if (htlcs.IsDefaultOrEmpty) return [];
        var sorted = htlcs.Sort(static (left, right) => Compare(left, right.Direction, right.Id));
        for (var i = 1; i < sorted.Length; i++)
        {
            if (Compare(sorted[i - 1], sorted[i].Direction, sorted[i].Id) == 0) throw new ArgumentException($"Two {sorted[i].Direction} HTLCs have the id {sorted[i].Id}.", nameof(htlcs));
        }

        return sorted;
    }

    private static int Compare(CommittedHtlc htlc, HtlcDirection direction, ulong id) =>
        htlc.Direction == direction ? htlc.Id.CompareTo(id) : htlc.Direction.CompareTo(direction);
}
