using Lightning.Bitcoin.Scripts;

namespace Lightning.Routing.Gossip;

/// <summary>A look at the chain that an announcement needs.</summary>
/// <param name="ShortChannelId">Where the funding output is said to stand.</param>
/// <param name="Script">What it is said to be: P2WSH of two keys, both of which must sign (BOLT 3).</param>
public sealed record FundingQuestion(ShortChannelId ShortChannelId, Script Script);
