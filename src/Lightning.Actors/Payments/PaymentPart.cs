using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Payments;

/// <summary>One part of one attempt. Durable before its HTLC is first asked for, with all that it takes to ask again and to read a failure.</summary>
/// <param name="Number">Which part.</param>
/// <param name="Channel">Our channel: fixed, no other is ever asked for this part.</param>
/// <param name="Route">The way.</param>
/// <param name="SessionKey">The key that its onion is made with.</param>
/// <param name="RefuseFrom">The block height from which the channel refuses it.</param>
internal sealed record PaymentPart(PartNumber Number, LocalChannelKey Channel, Route Route, Bytes32 SessionKey, uint RefuseFrom)
{
    /// <summary>Never the key.</summary>
    public override string ToString() => $"PaymentPart({Number}, {Route.Amount} by {Route.First.ShortChannelId})";
}

/// <summary>A part's name within its payment.</summary>
/// <param name="Attempt">Which attempt; a number is used once in the life of a payment hash.</param>
/// <param name="Part">Which part of the attempt.</param>
internal readonly record struct PartNumber(uint Attempt, uint Part)
{
    /// <summary>The name that the channel knows it by.</summary>
    public HtlcOrigin.Local Origin(PaymentHash payment) => new(payment, Attempt, Part);
}

/// <summary>Why a part failed, and what follows from it for the next attempt.</summary>
/// <param name="Code">The failure code (BOLT 4); null when nobody said anything readable.</param>
/// <param name="Source">Who said so: 0 this node, 1 the first hop; null when not known.</param>
/// <param name="Message">In words.</param>
/// <param name="IsFinal">The payee has refused for good.</param>
/// <param name="ExcludedChannels">Not to be used again.</param>
/// <param name="ExcludedNodes">Not to be used again.</param>
internal sealed record PartFailure(
    FailureCode? Code, int? Source, string Message, bool IsFinal, EquatableArray<DirectedChannel> ExcludedChannels, EquatableArray<NodeId> ExcludedNodes);

/// <summary>A part and what became of it.</summary>
/// <param name="Part">The part.</param>
/// <param name="SentAt">When it became durable.</param>
internal sealed record PartRecord(PaymentPart Part, DateTimeOffset SentAt)
{
    /// <summary>Why it failed; null as long as it may still be paid.</summary>
    public PartFailure? Failure { get; init; }

    /// <summary>When it failed, or when the payment succeeded.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Whether money may be on its way in it.</summary>
    public bool IsLive => Failure is null;
}
