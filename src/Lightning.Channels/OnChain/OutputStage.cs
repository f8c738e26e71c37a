namespace Lightning.Channels.OnChain;

/// <summary>How far this node is with an output on chain.</summary>
public enum OutputStage
{
    /// <summary>The transaction that makes it is in no block.</summary>
    Unconfirmed = 0,

    /// <summary>This node cannot take it before a later block.</summary>
    Locked,

    /// <summary>This node may take it and has not published how: it does not pay, or the means are on their way.</summary>
    Ready,

    /// <summary>A transaction that takes it is published and in no block.</summary>
    Published,

    /// <summary>A transaction in a block spends it, which a reorganisation may still undo.</summary>
    Spent,

    /// <summary>It is spent for good.</summary>
    Final,

    /// <summary>It is the peer's, or only the peer can take it: nothing is to be done.</summary>
    NotOurs,
}
