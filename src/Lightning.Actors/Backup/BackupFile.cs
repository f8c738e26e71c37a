using System.Globalization;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Backup;

/// <summary>A channel backup in a file.</summary>
internal sealed class BackupFile(string path) : IBackupStore
{
    /// <inheritdoc/>
    public Task<Bytes?> ReadAsync() => Task.Run(Read);

    /// <inheritdoc/>
    public Task ReplaceAsync(Bytes backup) => Task.Run(() => DurableFile.Replace(path, backup.Span));

    /// <inheritdoc/>
    public Task<string> SetAsideAsync() => Task.Run(() =>
    {
        for (var number = 1; ; number++)
        {
            var aside = string.Create(CultureInfo.InvariantCulture, $"{path}.unreadable-{number}");
            if (File.Exists(aside)) continue;
            File.Move(path, aside);
            return aside;
        }
    });

    private Bytes? Read()
    {
        if (!File.Exists(path)) return null;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > BackupEnvelope.MaxLength) throw new BackupException(BackupProblem.TooLarge, $"{path} is no channel backup: it has {stream.Length} bytes.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Bytes.Wrap(bytes);
    }
}
