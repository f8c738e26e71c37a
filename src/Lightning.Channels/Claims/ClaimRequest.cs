namespace Lightning.Channels.Claims;

/// <summary>A claim for which the wallet is asked for coins. In memory only: one of an earlier incarnation is released, not continued.</summary>
/// <param name="Number">Number of the attempt that it becomes.</param>
/// <param name="Batch">What it takes.</param>
/// <param name="Coins">What was asked.</param>
/// <param name="BlockHeight">Height at which it was asked.</param>
/// <param name="IsRefused">Whether the wallet had no coins: asked again with the next block.</param>
internal sealed record ClaimRequest(ulong Number, ClaimBatch Batch, CoinRequest Coins, uint BlockHeight, bool IsRefused = false);
