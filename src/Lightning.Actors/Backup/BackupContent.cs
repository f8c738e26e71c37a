using Lightning.Channels.Backup;

namespace Lightning.Actors.Backup;

/// <summary>What a channel backup holds.</summary>
/// <param name="WrittenAt">When it was made.</param>
/// <param name="Channels">The channels.</param>
internal sealed record BackupContent(DateTimeOffset WrittenAt, EquatableArray<ChannelBackup> Channels);
