namespace Lightning.Actors.Backup;

/// <summary>Where a node keeps its channel backup, outside of its database.</summary>
internal interface IBackupStore
{
    /// <summary>What was written last; null where nothing was.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="BackupException">It is too large to be one.</exception>
    Task<Bytes?> ReadAsync();

    /// <summary>Puts another one in its place. Once this completes it is durable; a crash before leaves the old one or the new one.</summary>
    /// <exception cref="IOException">The old one or the new one is there.</exception>
    Task ReplaceAsync(Bytes backup);

    /// <summary>Keeps what is there under another name, because it cannot be read: it may be all that is left of channels.</summary>
    /// <returns>Where it is now.</returns>
    Task<string> SetAsideAsync();
}
