using System.Collections.Immutable;

namespace Lightning.Chain.Simulated;

/// <summary>A block with what undoing it needs.</summary>
/// <param name="Block">The block.</param>
/// <param name="Spent">What its transactions spent, in order.</param>
internal sealed record ConnectedBlock(ChainBlock Block, ImmutableArray<(OutPoint OutPoint, UnspentCoin Coin)> Spent);
