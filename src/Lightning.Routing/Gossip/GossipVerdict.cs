using Lightning.Routing.Graph;

namespace Lightning.Routing.Gossip;

/// <summary>What becomes of an announcement or update (BOLT 7).</summary>
public abstract record GossipVerdict
{
    private GossipVerdict()
    {
    }

    /// <summary>It is true and new.</summary>
    /// <param name="Deltas">What it changes in the graph; may be nothing.</param>
    /// <param name="Kept">Whether it is to be kept; what is kept may be sent to others, where <see cref="GossipTable"/> says so.</param>
    public sealed record Accepted(EquatableArray<GraphDelta> Deltas, bool Kept = true) : GossipVerdict;

    /// <summary>It is of the peer's side of a channel of ours with it, which need not be announced: nobody else is told.</summary>
    public sealed record AcceptedForOwnChannel : GossipVerdict
    {
        /// <summary>The only one.</summary>
        public static AcceptedForOwnChannel Instance { get; } = new();
    }

    /// <summary>Nothing is done, and the sender is not to blame.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Ignored(IgnoreReason Reason) : GossipVerdict;

    /// <summary>It violates the specification: the sender is warned.</summary>
    /// <param name="Reason">What is wrong with it.</param>
    /// <param name="Close">Whether the connection is closed, too.</param>
    public sealed record Refused(string Reason, bool Close) : GossipVerdict;

    /// <summary>Its channel, or node, is not announced yet: it waits for a while. Where the announcement comes, there is another verdict.</summary>
    public sealed record Held : GossipVerdict
    {
        /// <summary>The only one.</summary>
        public static Held Instance { get; } = new();
    }

    /// <summary>It must be seen whether all its signatures are valid.</summary>
    /// <param name="Checks">The signatures.</param>
    public sealed record NeedsSignatures(EquatableArray<SignatureCheck> Checks) : GossipVerdict;

    /// <summary>It must be seen what the chain says.</summary>
    /// <param name="Question">What is asked.</param>
    public sealed record NeedsFunding(FundingQuestion Question) : GossipVerdict;
}
