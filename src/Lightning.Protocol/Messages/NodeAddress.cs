namespace Lightning.Protocol.Messages;

/// <summary>Where a node accepts connections (BOLT 7).</summary>
/// <param name="Type">Kind of address.</param>
/// <param name="Host">The address's bytes, without type and port.</param>
/// <param name="Port">TCP port; 0 means that it is to be ignored.</param>
public readonly record struct NodeAddress(NodeAddressType Type, Bytes Host, ushort Port);
