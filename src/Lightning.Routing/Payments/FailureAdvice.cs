using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;

namespace Lightning.Routing.Payments;

/// <summary>What a failed part means for the payment.</summary>
/// <param name="IsFinal">The payee has refused for good: no other route helps.</param>
/// <param name="Source">Index of the hop that failed; null where it is not known.</param>
/// <param name="Message">What it said; null where nothing was readable.</param>
/// <param name="ExcludedChannels">Not to be used again in this payment.</param>
/// <param name="ExcludedNodes">Not to be used again in this payment.</param>
public sealed record FailureAdvice(
    bool IsFinal, int? Source, FailureMessage? Message, EquatableArray<DirectedChannel> ExcludedChannels, EquatableArray<NodeId> ExcludedNodes);
