namespace Lightning.Channels.OnChain;

/// <summary>What became of this node's anchor.</summary>
public enum AnchorState
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>It is unspent.</summary>
    Limbo,

    /// <summary>This node spent it.</summary>
    Recovered,

    /// <summary>Somebody else spent it.</summary>
    Lost,
}
