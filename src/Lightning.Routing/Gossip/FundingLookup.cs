namespace Lightning.Routing.Gossip;

/// <summary>A look at the chain that an announcement waits for.</summary>
public sealed class FundingLookup
{
    internal FundingLookup(InFlightGossip gossip, FundingQuestion question)
    {
        Gossip = gossip;
        Question = question;
    }

    /// <summary>What is asked.</summary>
    public FundingQuestion Question { get; }

    internal InFlightGossip Gossip { get; }
}
