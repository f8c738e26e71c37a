using Lightning.Actors.Backup;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Journals;

/// <summary>One process's way to its folder's channel backup.</summary>
internal sealed class ScenarioBackupStore(ScenarioBackup folder, SimulatedProcess process, Action hurt) : IBackupStore
{
    /// <inheritdoc/>
    public Task<Bytes?> ReadAsync()
    {
        if (!folder.IsFull) return Task.FromResult(folder.Content);
        hurt();
        return Task.FromException<Bytes?>(new IOException("The disk is in trouble."));
    }

    /// <inheritdoc/>
    public Task ReplaceAsync(Bytes backup)
    {
        if (process.IsDead) return Never();
        if (folder.IsFull)
        {
            hurt();
            return Task.FromException(new IOException("The disk is full."));
        }

        // The new file is there, its name is not.
        var fault = folder.Take();
        if (fault != WriteFault.CrashBefore) folder.Content = backup;
        if (fault == WriteFault.None) return Task.CompletedTask;
        process.Kill();
        return Never();
    }

    /// <inheritdoc/>
    public Task<string> SetAsideAsync()
    {
        hurt();
        folder.Content = null;
        return Task.FromResult("another name");
    }

    private static Task Never() => new TaskCompletionSource().Task;
}
