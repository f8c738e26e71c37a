using System.Collections.Immutable;

namespace Lightning.Routing.Gossip;

/// <summary>The signatures of several messages, to be checked together.</summary>
public sealed class SignatureBatch
{
    internal SignatureBatch(ImmutableArray<(InFlightGossip Gossip, int Count)> messages, ImmutableArray<SignatureCheck> checks)
    {
        Messages = messages;
        Checks = checks;
    }

    /// <summary>The checks, which may be made in any order and at the same time.</summary>
    public ImmutableArray<SignatureCheck> Checks { get; }

    /// <summary>The messages, each with the number of its checks, in the order of the checks.</summary>
    internal ImmutableArray<(InFlightGossip Gossip, int Count)> Messages { get; }
}
