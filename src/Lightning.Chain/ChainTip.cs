namespace Lightning.Chain;

/// <summary>A block's place.</summary>
/// <param name="Height">Height in blocks; the genesis block is 0.</param>
/// <param name="Hash">Its hash.</param>
public readonly record struct ChainTip(uint Height, BlockHash Hash);
