namespace Lightning.Protocol.Messages;

/// <summary>A timestamp or checksum (CRC32C) of the channel_updates of a channel's two nodes; 0 where there is none (BOLT 7).</summary>
/// <param name="Node1">Of node 1.</param>
/// <param name="Node2">Of node 2.</param>
public readonly record struct UpdatePair(uint Node1, uint Node2);
