using System.Collections.Immutable;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Channels.Commitments;

/// <summary>
/// Every add that this channel answered, by origin: a repeated one gets the same answer and never a second HTLC. Entries end once the origin has the
/// result and a repetition would be refused for its height. An HTLC that failed to its origin before the chain had decided it, or for what the chain said, is kept beyond that: its preimage may still
/// come.
/// </summary>
public sealed class OutgoingLedger
{
    private readonly ImmutableDictionary<HtlcOrigin, OutgoingHtlc> _byOrigin;
    private readonly ImmutableSortedDictionary<ulong, HtlcOrigin> _byId;

    private OutgoingLedger(ImmutableDictionary<HtlcOrigin, OutgoingHtlc> byOrigin, ImmutableSortedDictionary<ulong, HtlcOrigin> byId, uint prunedAt) =>
        (_byOrigin, _byId, PrunedAt) = (byOrigin, byId, prunedAt);

    /// <summary>No adds.</summary>
    public static OutgoingLedger Empty { get; } = new(ImmutableDictionary<HtlcOrigin, OutgoingHtlc>.Empty, ImmutableSortedDictionary<ulong, HtlcOrigin>.Empty, prunedAt: 0);

    /// <summary>
    /// Height up to which entries are forgotten: an add that was to be refused from then on is refused for ever, also where a later incarnation
    /// sees a lower height. It may have been made.
    /// </summary>
    public uint PrunedAt { get; }

    /// <summary>All entries, in no order.</summary>
    public IEnumerable<OutgoingHtlc> Entries => _byOrigin.Values;

    /// <summary>The HTLCs whose result their origins may not have yet, by id.</summary>
    public IEnumerable<OutgoingHtlc> Unacknowledged => _byId.Values.Select(origin => _byOrigin[origin]).Where(static entry => entry.Result is not HtlcResult.Acknowledged);

    /// <summary>The HTLCs for whose origins a preimage would be news, by id: those without one, also where they failed for what the chain said or was silent about.</summary>
    public IEnumerable<OutgoingHtlc> Payable => _byId.Values.Select(origin => _byOrigin[origin]).Where(static entry => entry.Result is not HtlcResult.Fulfilled);

    /// <summary>The entry of an origin; null where it never came.</summary>
    public OutgoingHtlc? Find(HtlcOrigin origin) => _byOrigin.GetValueOrDefault(origin);

    /// <summary>The entry of an HTLC whose result its origin may not have yet, or to whose origin a preimage would be news; null for others.</summary>
    public OutgoingHtlc? Find(ulong htlcId) => _byId.TryGetValue(htlcId, out var origin) ? _byOrigin[origin] : null;

    internal OutgoingLedger Add(AddOrigin add, ulong htlcId, MilliSatoshi amount) =>
        new(_byOrigin.SetItem(add.Origin, new OutgoingHtlc(add.Origin, htlcId, amount, add.RefuseFrom, Result: null)), _byId.SetItem(htlcId, add.Origin), PrunedAt);

    internal OutgoingLedger Refuse(HtlcOrigin origin, AddRefusal reason, uint refuseFrom) => _byOrigin.ContainsKey(origin)
        ? this
        : new(_byOrigin.Add(origin, new OutgoingHtlc(origin, HtlcId: null, MilliSatoshi.Zero, refuseFrom, new HtlcResult.Refused(reason))), _byId, PrunedAt);

    // A preimage is never forgotten for a failure; a failure gives way to a preimage, which is a proof.
    internal OutgoingLedger Fulfill(LearnedPreimage learned) => Find(learned.HtlcId) is { Result: not HtlcResult.Fulfilled } entry
        ? With(entry with { Result = new HtlcResult.Fulfilled(learned.Preimage, learned.AttributionData, IsLate: entry.Result is not null) })
        : this;

    // The peer's own failure is the last word: no commitment with the HTLC can come any more but a revoked one.
    internal OutgoingLedger Fail(ulong htlcId, HtlcFailure failure) => Find(htlcId) switch
    {
        { Result: null or HtlcResult.Failed { Failure: HtlcFailure.OnChain } } entry => With(entry with { Result = new HtlcResult.Failed(failure) }),
        { Result: HtlcResult.Acknowledged } entry when failure is not HtlcFailure.OnChain => Finish(entry),
        _ => this,
    };

    internal OutgoingLedger Acknowledge(HtlcOrigin origin) => Find(origin) switch
    {
        { Result: HtlcResult.Failed { Failure: HtlcFailure.OnChain } } entry => With(entry with { Result = new HtlcResult.Acknowledged(MayBePaid: true) }),
        { Result: HtlcResult.Fulfilled or HtlcResult.Failed } entry => Finish(entry),
        _ => this,
    };

    internal int CountPrunable(uint height)
    {
        var count = 0;
        foreach (var entry in _byOrigin.Values)
        {
            if (IsPrunable(entry, height)) count++;
        }

        return count;
    }

    internal OutgoingLedger Prune(uint height)
    {
        var kept = _byOrigin.ToBuilder();
        foreach (var entry in _byOrigin.Values)
        {
            if (IsPrunable(entry, height)) kept.Remove(entry.Origin);
        }

        return new(kept.ToImmutable(), _byId, Math.Max(PrunedAt, height));
    }

    private static bool IsPrunable(OutgoingHtlc entry, uint height) => entry.Result is HtlcResult.Refused or HtlcResult.Acknowledged { MayBePaid: false } && entry.RefuseFrom <= height;

    private OutgoingLedger Finish(OutgoingHtlc entry) =>
        new(_byOrigin.SetItem(entry.Origin, entry with { Result = new HtlcResult.Acknowledged() }), _byId.Remove(entry.HtlcId!.Value), PrunedAt);

    private OutgoingLedger With(OutgoingHtlc entry) => new(_byOrigin.SetItem(entry.Origin, entry), _byId, PrunedAt);
}
