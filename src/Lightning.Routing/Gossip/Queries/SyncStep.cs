using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Queries;

/// <summary>What follows from an answer.</summary>
/// <param name="Question">What is asked next; null for nothing.</param>
/// <param name="Violation">What is wrong with the answer: the peer is warned, and not asked any more; null for nothing.</param>
public readonly record struct SyncStep(LightningMessage? Question, string? Violation = null)
{
    /// <summary>Nothing follows.</summary>
    public static SyncStep None => default;
}
