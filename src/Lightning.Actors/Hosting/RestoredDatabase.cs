using Lightning.Channels.Parameters;

namespace Lightning.Actors.Hosting;

/// <summary>
/// What is known about a database that is an old copy: a file in the data folder, there from the moment it is recognised, with the
/// channels that have since shown to be current. All others are guarded, also after later restarts.
/// </summary>
internal sealed class RestoredDatabase
{
    private readonly string? _file;
    private readonly HashSet<LocalChannelKey> _current = [];
    private readonly Lock _gate = new();

    private RestoredDatabase(string? file)
    {
        _file = file;
        if (file is null) return;
        foreach (var line in File.ReadAllLines(file))
        {
            if (LocalChannelKey.TryParse(line, out var key)) _current.Add(key);
        }
    }

    /// <summary>What is known; null where the database is not, and never was, an old copy.</summary>
    /// <param name="file">The file that tells.</param>
    /// <param name="isOld">Whether it was just recognised as one: then everything is guarded anew.</param>
    public static RestoredDatabase? Open(string file, bool isOld)
    {
        if (isOld)
        {
            using var fresh = new FileStream(file, FileMode.Create, FileAccess.Write);
            fresh.Flush(flushToDisk: true);
        }

        return File.Exists(file) ? new RestoredDatabase(file) : null;
    }

    /// <summary>What is known of an old copy, for as long as the process lives.</summary>
    public static RestoredDatabase InMemory() => new(null);

    /// <summary>Whether a channel may not act on what it believes.</summary>
    public bool IsGuarded(LocalChannelKey channel)
    {
        lock (_gate) return !_current.Contains(channel);
    }

    /// <summary>A channel is current: its peer has shown it, or it is younger than the copy.</summary>
    public void IsCurrent(LocalChannelKey channel)
    {
        lock (_gate)
        {
            if (_current.Add(channel) && _file is not null) File.AppendAllText(_file, channel + "\n");
        }
    }
}
