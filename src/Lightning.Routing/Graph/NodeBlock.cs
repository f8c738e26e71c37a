namespace Lightning.Routing.Graph;

/// <summary>Where a node's edges stand, and what the node has told of itself.</summary>
internal struct NodeBlock
{
    /// <summary>Index of the first edge.</summary>
    public int Start;

    /// <summary>Number of edges, one for each channel of the node.</summary>
    public int Count;

    /// <summary>Number of edges that have room here.</summary>
    public int Room;

    /// <summary>When the node told of itself; 0 where it never did.</summary>
    public uint Timestamp;

    /// <summary>The node's feature bits 0 to 63.</summary>
    public ulong Features;
}
