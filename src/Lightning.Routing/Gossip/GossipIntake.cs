using System.Collections.Immutable;
using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip;

/// <summary>
/// Leads announcements and updates through the steps of <see cref="GossipValidator"/>. Signatures and looks at the chain are given out in batches, whose results
/// may come back in any order; meanwhile more messages may be offered. All that waits is bounded. Not safe for several threads.
/// <code>
///   Offer ─> examined ─> signatures ─> (announcements) funding ─> accepted ─> what was held for it is examined
///               └─> held until the channel is announced, ignored, refused
/// </code>
/// </summary>
public sealed class GossipIntake(GossipValidator validator)
{
    private readonly GossipLimits _limits = validator.Limits;
    private readonly Queue<(InFlightGossip Gossip, EquatableArray<SignatureCheck> Checks)> _unsigned = new();
    private readonly Queue<FundingLookup> _unfunded = new();
    private readonly HeldGossip _held = new(validator.Limits);

    // By their bytes: the same message from another peer is not checked twice, but a forged one does not stand in the way of the true one.
    private readonly HashSet<Bytes> _inFlight = [];
    private List<GossipOutcome> _outcomes = [];

    /// <summary>How many messages are being checked.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>How many messages wait for an announcement.</summary>
    public int Held => _held.Count;

    /// <summary>Whether there are signatures that nobody checks yet.</summary>
    public bool HasSignatures => _unsigned.Count > 0;

    /// <summary>Whether there are looks at the chain that nobody takes yet.</summary>
    public bool HasLookups => _unfunded.Count > 0;

    /// <summary>Takes in a message. Its verdict is among the outcomes, at once or later.</summary>
    /// <param name="gossip">The message.</param>
    /// <param name="now">The time.</param>
    /// <param name="height">Height of the best block.</param>
    public void Offer(ReceivedGossip gossip, DateTimeOffset now, uint height)
    {
        ArgumentNullException.ThrowIfNull(gossip);
        Examine(new InFlightGossip(gossip, WasHeld: false), now, height);
    }

    /// <summary>The next signatures to check.</summary>
    /// <param name="most">So many, or a few more: those of one message stay together.</param>
    /// <returns>Null where there are none.</returns>
    public SignatureBatch? TakeSignatures(int most)
    {
        if (_unsigned.Count == 0) return null;
        var checks = ImmutableArray.CreateBuilder<SignatureCheck>();
        var messages = ImmutableArray.CreateBuilder<(InFlightGossip, int)>();
        while (checks.Count < most && _unsigned.TryDequeue(out var next))
        {
            checks.AddRange(next.Checks.Span);
            messages.Add((next.Gossip, next.Checks.Count));
        }

        return new SignatureBatch(messages.ToImmutable(), checks.ToImmutable());
    }

    /// <summary>The results of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="valid">Whether each of its signatures is valid.</param>
    /// <param name="now">The time.</param>
    /// <param name="height">Height of the best block.</param>
    public void Checked(SignatureBatch batch, ReadOnlySpan<bool> valid, DateTimeOffset now, uint height)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var (gossip, count) in batch.Messages)
        {
            var isValid = !valid[..count].Contains(value: false);
            valid = valid[count..];
            Follow(gossip, validator.Signed(gossip.Gossip, isValid, now, height), now, height);
        }
    }

    /// <summary>The next looks at the chain, in the order of the messages.</summary>
    /// <param name="most">So many.</param>
    public ImmutableArray<FundingLookup> TakeLookups(int most)
    {
        var lookups = ImmutableArray.CreateBuilder<FundingLookup>();
        while (lookups.Count < most && _unfunded.TryDequeue(out var next)) lookups.Add(next);
        return lookups.ToImmutable();
    }

    /// <summary>The answer to a look at the chain.</summary>
    /// <param name="lookup">The look.</param>
    /// <param name="answer">What was seen.</param>
    /// <param name="now">The time.</param>
    /// <param name="height">Height of the best block.</param>
    public void Answered(FundingLookup lookup, FundingAnswer answer, DateTimeOffset now, uint height)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        Follow(lookup.Gossip, validator.Funded(lookup.Gossip.Gossip, answer, now, height), now, height);
    }

    /// <summary>The verdicts since the last call, in their order.</summary>
    public IReadOnlyList<GossipOutcome> TakeOutcomes()
    {
        if (_outcomes.Count == 0) return [];
        var outcomes = _outcomes;
        _outcomes = [];
        return outcomes;
    }

    /// <summary>Forgets what has waited for too long for its channel's announcement.</summary>
    public void Expire(DateTimeOffset now)
    {
        _held.Expire(now);
        validator.Tidy(now);
    }

    private void Examine(InFlightGossip gossip, DateTimeOffset now, uint height)
    {
        var bytes = gossip.Gossip.Message.ToWire();
        if (_inFlight.Contains(bytes)) Conclude(gossip, new GossipVerdict.Ignored(IgnoreReason.Duplicate));
        else if (_inFlight.Count >= _limits.MaxInFlight) Conclude(gossip, new GossipVerdict.Ignored(IgnoreReason.Busy));
        else Follow(gossip, validator.Examine(gossip.Gossip, now, height), now, height);
    }

    private void Follow(InFlightGossip gossip, GossipVerdict verdict, DateTimeOffset now, uint height)
    {
        switch (verdict)
        {
            case GossipVerdict.NeedsSignatures needs:
                _inFlight.Add(gossip.Gossip.Message.ToWire());
                _unsigned.Enqueue((gossip, needs.Checks));
                return;
            case GossipVerdict.NeedsFunding needs:
                _unfunded.Enqueue(new FundingLookup(gossip, needs.Question));
                return;
            case GossipVerdict.Held when !_held.TryAdd(gossip.Gossip, now):
                verdict = new GossipVerdict.Ignored(IgnoreReason.Unknown);
                break;
        }

        _inFlight.Remove(gossip.Gossip.Message.ToWire());
        Conclude(gossip, verdict);
        if (verdict is not GossipVerdict.Accepted || gossip.Gossip.Message is not ChannelAnnouncement announcement) return;
        foreach (var held in _held.Take(announcement.ShortChannelId)) Examine(new InFlightGossip(held, WasHeld: true), now, height);
        foreach (var held in _held.Take(NodeKey.From(announcement.NodeId1))) Examine(new InFlightGossip(held, WasHeld: true), now, height);
        foreach (var held in _held.Take(NodeKey.From(announcement.NodeId2))) Examine(new InFlightGossip(held, WasHeld: true), now, height);
    }

    private void Conclude(InFlightGossip gossip, GossipVerdict verdict) => _outcomes.Add(new GossipOutcome(gossip.Gossip, verdict, gossip.WasHeld));
}
