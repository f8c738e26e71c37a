using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>A path to a node that does not say who it is (BOLT 4, "Route Blinding").</summary>
/// <param name="FirstNodeId">The introduction node, which is not hidden.</param>
/// <param name="FirstPathKey">The path key for the introduction node.</param>
/// <param name="Hops">The hops, the introduction node first, the recipient last.</param>
public sealed record BlindedPath(NodeId FirstNodeId, PubKey FirstPathKey, EquatableArray<BlindedHop> Hops);
