namespace Lightning.TestKit;

/// <summary>What connects the nodes of a network.</summary>
public enum ScenarioLinks
{
    /// <summary>Messages are encoded and handed over; everything about a link can be ordered.</summary>
    InMemory,

    /// <summary>
    /// TCP on 127.0.0.1 with the encrypted transport of BOLT 8, as in production: real sockets, handshakes and framing between whole nodes, while the network's
    /// time is still virtual and stands still as long as anything is under way in a socket. It does not give: orders for links (all members of
    /// <see cref="ScenarioLink"/> but <see cref="ScenarioLink.IsConnected"/>), scripted peers, and runs that are the same every time: what comes from
    /// sockets comes in the operating system's order. With a process its sockets are closed; what it was still writing may be lost.
    /// </summary>
    Tcp,
}
