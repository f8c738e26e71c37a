using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Links;

/// <summary>One side of a connection.</summary>
/// <param name="Name">The node's name in the network.</param>
/// <param name="Id">The node.</param>
/// <param name="Process">Where what it hears happens.</param>
/// <param name="First">What it says first, as it travels: <c>init</c> (BOLT 1), unless it is a peer that does not keep to the rules.</param>
internal sealed record Party(string Name, NodeId Id, SimulatedProcess Process, byte[] First);
