using Lightning.Protocol.Messages;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Links;

/// <summary>One side of a connection.</summary>
/// <param name="Name">The node's name in the network.</param>
/// <param name="Id">The node.</param>
/// <param name="Process">Where what it hears happens.</param>
/// <param name="Init">What it says first.</param>
internal sealed record Party(string Name, NodeId Id, SimulatedProcess Process, Init Init);
