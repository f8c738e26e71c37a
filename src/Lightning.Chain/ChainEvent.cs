namespace Lightning.Chain;

/// <summary>One step of the best chain.</summary>
public abstract record ChainEvent
{
    /// <summary>A block joined the best chain.</summary>
    /// <param name="Block">The block.</param>
    public sealed record BlockConnected(ChainBlock Block) : ChainEvent;

    /// <summary>The tip left the best chain (a reorganisation): the block before it is the tip now.</summary>
    /// <param name="Tip">What was the tip.</param>
    /// <param name="PreviousHash">The hash of the block that is the tip now.</param>
    public sealed record BlockDisconnected(ChainTip Tip, BlockHash PreviousHash) : ChainEvent;
}
