namespace Lightning.Channels.Commands;

/// <summary>How a funding output stands on the best chain; the mempool does not count.</summary>
public enum FundingStatus
{
    /// <summary>It is there and unspent.</summary>
    Unspent = 0,

    /// <summary>A transaction in a block spends it: <see cref="ChannelCommand.FundingSpent"/> comes too.</summary>
    Spent = 1,

    /// <summary>It is neither unspent nor spent: its transaction is in no block.</summary>
    Missing = 2,
}
