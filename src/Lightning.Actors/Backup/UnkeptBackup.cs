namespace Lightning.Actors.Backup;

/// <summary>A channel backup in memory, of a node that has no folder for it.</summary>
internal sealed class UnkeptBackup : IBackupStore
{
    private Bytes? _backup;

    /// <inheritdoc/>
    public Task<Bytes?> ReadAsync() => Task.FromResult(_backup);

    /// <inheritdoc/>
    public Task ReplaceAsync(Bytes backup)
    {
        _backup = backup;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<string> SetAsideAsync()
    {
        _backup = null;
        return Task.FromResult("nothing");
    }
}
