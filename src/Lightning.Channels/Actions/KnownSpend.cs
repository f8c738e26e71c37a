using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Actions;

/// <summary>A spend in a block that a channel has written down already: it is looked for there first, and said to be undone if it is not there any more.</summary>
/// <param name="Spender">The spending transaction.</param>
/// <param name="BlockHeight">Height of its block; 0 where that was not written down.</param>
public readonly record struct KnownSpend(TxId Spender, uint BlockHeight)
{
    /// <summary>A spend as it is known; null where none is.</summary>
    /// <param name="spender">The spending transaction; null for none.</param>
    /// <param name="blockHeight">Height of its block; 0 where that was not written down.</param>
    public static KnownSpend? Of(Transaction? spender, uint blockHeight) => spender is null ? null : new KnownSpend(spender.TxId, blockHeight);
}
