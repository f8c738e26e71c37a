namespace Lightning.TestKit;

/// <summary>What connects the nodes of a network.</summary>
public enum ScenarioLinks
{
    /// <summary>Messages are encoded and handed over; everything about a link can be ordered.</summary>
    InMemory,

    /// <summary>TCP on 127.0.0.1 with the encrypted transport of BOLT 8. The network's time is still virtual; links cannot be given orders.</summary>
    Tcp,
}
