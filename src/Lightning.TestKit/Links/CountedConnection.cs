namespace Lightning.TestKit.Links;

/// <summary>A TCP connection between two nodes: its two ends, matched by the sockets' addresses. Changed by <see cref="TcpConnections"/> alone, under its lock.</summary>
internal sealed class CountedConnection
{
    /// <summary>A connection of which nothing is known yet.</summary>
    /// <param name="key">The caller's address, and the port that was called.</param>
    public CountedConnection(string key)
    {
        Key = key;
        (Caller.Other, Called.Other) = (Called, Caller);
    }

    /// <summary>The caller's address, and the port that was called.</summary>
    public string Key { get; }

    /// <summary>Who called.</summary>
    public CountedEnd Caller { get; } = new();

    /// <summary>The node that called, once it has been answered.</summary>
    public NodeId? CallerId { get; set; }

    /// <summary>Who was called.</summary>
    public CountedEnd Called { get; } = new();

    /// <summary>Whether one end is no node of the network: nothing is known of what it does, so nothing is waited for.</summary>
    public bool IsForeign { get; set; }

    /// <summary>How many of its things the loop has been told to wait for.</summary>
    public int Counted { get; set; }

    /// <summary>Whether both ends are open.</summary>
    public bool IsUp => Caller is { IsOpen: true, IsOver: false } && Called is { IsOpen: true, IsOver: false };

    /// <summary>How many things will come to happen at its ends by themselves.</summary>
    public int Expected => IsForeign ? 0 : Caller.Expected + Called.Expected;
}
