using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain;

/// <summary>A block as a Lightning node needs it.</summary>
/// <param name="Height">Height in blocks.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="PreviousHash">Its parent's hash.</param>
/// <param name="Time">The header's time, seconds since 1970.</param>
/// <param name="Transactions">All transactions, the coinbase first.</param>
public sealed record ChainBlock(uint Height, BlockHash Hash, BlockHash PreviousHash, uint Time, ImmutableArray<Transaction> Transactions)
{
    /// <summary>Its place.</summary>
    public ChainTip Tip => new(Height, Hash);
}
