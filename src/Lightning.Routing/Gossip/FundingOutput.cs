namespace Lightning.Routing.Gossip;

/// <summary>A channel's output on chain.</summary>
/// <param name="OutPoint">Which it is.</param>
/// <param name="Capacity">What it holds.</param>
public readonly record struct FundingOutput(OutPoint OutPoint, Satoshi Capacity);
