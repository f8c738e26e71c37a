namespace Lightning.Actors.Api;

/// <summary>A channel in a backup.</summary>
/// <param name="Funding">Its funding output.</param>
/// <param name="Peer">Its peer.</param>
/// <param name="Backup">A backup of this channel alone, sealed for the node's seed; empty where a whole backup was only looked at.</param>
public sealed record BackedUpChannel(OutPoint Funding, NodeId Peer, Bytes Backup);
