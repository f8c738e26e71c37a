using System.Globalization;
using Lightning.Actors.Journal;
using Lightning.Actors.ReadModels;

namespace Lightning.TestKit.Journals;

/// <summary>A journal in a SQLite file, written by the same code as in production; each call waits until it is done.</summary>
internal sealed class SqliteDisk : IScenarioDisk
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lightning-scenario-");
    private SqliteJournalStore? _store;
    private InlineViews? _views;
    private readonly TimeProvider _time;
    private int _copies;

    /// <summary>Makes an empty one.</summary>
    public SqliteDisk(TimeProvider time)
    {
        _time = time;
        SqliteSchema.Prepare(ConnectionString);
    }

    /// <summary>The database file.</summary>
    public string File => Path.Combine(_folder.FullName, "lightning.db");

    /// <inheritdoc/>
    public ViewDatabase Views => _views ??= new InlineViews(new SqliteViews(File, Path.Combine(_folder.FullName, "views.db")));

    private string ConnectionString => SqliteSchema.ConnectionString(File);

    private SqliteJournalStore Store => _store ??= new SqliteJournalStore(ConnectionString, maxBatch: 256, _time, position: null);

    /// <inheritdoc/>
    public Exception? Write(IReadOnlyList<JournalRow> rows)
    {
        var write = new JournalWrite(rows);
        Store.Enqueue(write);
        return write.Outcome.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public long Highest(string persistenceId) => Store.ReadHighestSequenceNrAsync(persistenceId, CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public IReadOnlyList<JournalRow> Read(string persistenceId, long from, long to, long max)
    {
        var rows = new List<JournalRow>();
        Store.ReplayAsync(persistenceId, from, to, max, rows.Add, CancellationToken.None).GetAwaiter().GetResult();
        return rows;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Entities()
    {
        using var connection = SqliteSchema.Open(ConnectionString);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT persistence_id FROM journal ORDER BY ordering";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }

    /// <inheritdoc/>
    public Action Copy()
    {
        // By a connection of its own, which sees what is durable: whoever writes and reads meanwhile does not notice.
        var copy = Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"copy-{++_copies}.db"));
        using var connection = SqliteSchema.Open(ConnectionString);
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $file";
        command.Parameters.AddWithValue("$file", copy);
        command.ExecuteNonQuery();
        return () => Restore(copy);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        Close();
        foreach (var file in (ReadOnlySpan<string>)["lightning.db", "lightning.db-wal", "lightning.db-shm", "views.db", "views.db-wal", "views.db-shm"]) System.IO.File.Delete(Path.Combine(_folder.FullName, file));
        SqliteSchema.Prepare(ConnectionString);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        _folder.Delete(recursive: true);
        return default;
    }

    private void Restore(string copy)
    {
        Close();
        foreach (var log in (ReadOnlySpan<string>)["-wal", "-shm"]) System.IO.File.Delete(File + log);
        System.IO.File.Copy(copy, File, overwrite: true);

        // A copy keeps no write-ahead log.
        SqliteSchema.Prepare(ConnectionString);
    }

    private void Close()
    {
        if (_store is { } store) store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _store = null;
        _views?.Dispose();
        _views = null;
    }
}
