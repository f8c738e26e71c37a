namespace Lightning.Protocol.Onion;

/// <summary>A fresh onion with the secrets that its sender shares with the hops, in the order of the hops: they decrypt a failure that comes back.</summary>
/// <param name="Packet">The packet for the first hop.</param>
/// <param name="SharedSecrets">One 32-byte secret a hop.</param>
public sealed record SphinxOnion(OnionPacket Packet, IReadOnlyList<Bytes32> SharedSecrets);
