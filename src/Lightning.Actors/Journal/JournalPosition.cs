using System.Globalization;
using System.Text;

namespace Lightning.Actors.Journal;

/// <summary>
/// How far the journal has come, written down outside of the database: a database that is behind it was restored from an old copy,
/// and its channels must not act on what they believe. Written about once a second; being late does no harm, being ahead cannot happen.
/// </summary>
internal sealed class JournalPosition(string file, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private long _written = Read(file);
    private long _reached;
    private long _writtenAt;

    /// <summary>The position that was written last; 0 where there is none.</summary>
    /// <exception cref="InvalidDataException">The file does not hold a number.</exception>
    public static long Read(string file) => !File.Exists(file) ? 0
        : long.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
        : throw new InvalidDataException($"{file} does not hold the journal's position: if it is damaged, start with the option for a restored database.");

    /// <summary>Writes a position, as a whole: a crash in between, also of the machine, leaves the old number.</summary>
    public static void Replace(string file, long position)
    {
        var fresh = file + ".new";
        using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.ASCII.GetBytes(position.ToString(CultureInfo.InvariantCulture)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, file, overwrite: true);
    }

    /// <summary>The event of this position is durable.</summary>
    public void Reached(long position)
    {
        lock (_gate)
        {
            if (position > _reached) _reached = position;
            if (_writtenAt != 0 && time.GetElapsedTime(_writtenAt) < Interval) return;
            Write();
        }
    }

    /// <summary>Writes what is not written yet.</summary>
    public void Flush()
    {
        lock (_gate) Write();
    }

    private void Write()
    {
        if (_reached <= _written) return;

        Replace(file, _reached);
        (_written, _writtenAt) = (_reached, time.GetTimestamp());
    }
}
