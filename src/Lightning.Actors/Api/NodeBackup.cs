namespace Lightning.Actors.Api;

/// <summary>A backup of all channels: with the node's seed enough to get their money back on chain.</summary>
/// <param name="All">All channels in one, sealed for the node's seed.</param>
/// <param name="Channels">Each by itself.</param>
public sealed record NodeBackup(Bytes All, IReadOnlyList<BackedUpChannel> Channels);
