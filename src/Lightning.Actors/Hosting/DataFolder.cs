using System.Globalization;

namespace Lightning.Actors.Hosting;

/// <summary>A node's folder on disk, held by one process at a time.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>The SQLite database of a node that is not on PostgreSQL.</summary>
    public string DatabaseFile => DatabaseFileOf(Path);

    /// <summary>The read models of a node on SQLite; may be deleted while the node is down, and is then made anew from the journal.</summary>
    public string ViewsFile => System.IO.Path.Combine(Path, "views.db");

    /// <summary>How far the journal has come, kept outside of the database.</summary>
    public string PositionFile => System.IO.Path.Combine(Path, "journal.position");

    /// <summary>There when the database is an old copy.</summary>
    public string RestoredFile => System.IO.Path.Combine(Path, "restored");

    /// <summary>What is needed, beside the seed, to get the channels' money back.</summary>
    public string BackupFile => System.IO.Path.Combine(Path, "channel.backup");

    /// <summary>Path of the SQLite database in a folder that need not be held, nor exist.</summary>
    public static string DatabaseFileOf(string path) => System.IO.Path.Combine(path, "lightning.db");

    /// <summary>Makes the folder if need be, and locks it.</summary>
    /// <exception cref="InvalidOperationException">Another process has it: two nodes on one database would each act on channels of the other.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        var file = System.IO.Path.Combine(full, "node.lock");
        FileStream held;
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"The data folder {full} is in use by another node. Stop that one first, or give this one a folder of its own.", e);
        }

        held.SetLength(0);
        using (var writer = new StreamWriter(held, leaveOpen: true)) writer.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new DataFolder(full, held);
    }

    /// <summary>Lets the folder go. The file stays: deleting it would race with the next process that locks it.</summary>
    public void Dispose() => _lock.Dispose();
}
