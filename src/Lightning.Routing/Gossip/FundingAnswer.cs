using Lightning.Bitcoin.Scripts;

namespace Lightning.Routing.Gossip;

/// <summary>What the chain says to a <see cref="FundingQuestion"/>.</summary>
public abstract record FundingAnswer
{
    private FundingAnswer()
    {
    }

    /// <summary>There is such an output, unspent.</summary>
    /// <param name="Output">Which it is, and what it holds.</param>
    /// <param name="Script">Its script.</param>
    /// <param name="Confirmations">1 where it is in the last block.</param>
    public sealed record Unspent(FundingOutput Output, Script Script, uint Confirmations) : FundingAnswer;

    /// <summary>There is none: no such block, transaction or output, or it is spent.</summary>
    public sealed record Missing : FundingAnswer
    {
        /// <summary>The only one.</summary>
        public static Missing Instance { get; } = new();
    }

    /// <summary>The chain cannot be asked now.</summary>
    public sealed record Unknown : FundingAnswer
    {
        /// <summary>The only one.</summary>
        public static Unknown Instance { get; } = new();
    }
}
