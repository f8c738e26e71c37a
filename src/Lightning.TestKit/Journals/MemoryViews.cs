using System.Data.Common;
using Lightning.Actors.Journal;
using Lightning.Actors.ReadModels;
using Lightning.TestKit.Simulation;
using Microsoft.Data.Sqlite;

namespace Lightning.TestKit.Journals;

/// <summary>The lists of a node whose journal is in memory: in memory too, in SQLite, with a mirror of the journal that is brought up to date whenever it is looked at.</summary>
internal sealed class MemoryViews(Func<IReadOnlyList<(JournalRow Row, DateTimeOffset At)>> rows) : ViewDatabase
{
    private static long _last;
    private readonly string _name = $"Data Source=lightning-lists-{Interlocked.Increment(ref _last)};Mode=Memory;Cache=Shared;Pooling=False";
    private SqliteConnection? _keeper;
    private int _mirrored;

    /// <inheritdoc/>
    public override bool HasLateRows => false;

    /// <inheritdoc/>
    public override long? JournalLength => rows().Count;

    /// <inheritdoc/>
    protected override string BytesType => "BLOB";

    /// <inheritdoc/>
    public override Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation = default) => Inline.Run(work);

    /// <inheritdoc/>
    public override DbConnection OpenJournal()
    {
        var connection = Open();
        var all = rows();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO journal(created, persistence_id, sequence_number, message, manifest, identifier) VALUES ($c, $p, $n, $m, $f, $i)";
        for (; _mirrored < all.Count; _mirrored++)
        {
            var (row, at) = all[_mirrored];
            insert.Parameters.Clear();
            insert.Parameters.AddWithValue("$c", at.UtcTicks);
            insert.Parameters.AddWithValue("$p", row.PersistenceId);
            insert.Parameters.AddWithValue("$n", row.SequenceNr);
            insert.Parameters.AddWithValue("$m", row.Payload);
            insert.Parameters.AddWithValue("$f", row.Manifest);
            insert.Parameters.AddWithValue("$i", row.SerializerId);
            insert.ExecuteNonQuery();
        }

        return connection;
    }

    /// <inheritdoc/>
    public override DbConnection OpenViews() => Open();

    /// <inheritdoc/>
    public override (bool HasEnded, long Token) WritesEnded(long? token) => (true, 0);

    /// <summary>The journal is another one now.</summary>
    public void Forget()
    {
        _keeper?.Dispose();
        _keeper = null;
        _mirrored = 0;
    }

    /// <inheritdoc/>
    public override void Dispose() => Forget();

    private SqliteConnection Open()
    {
        if (_keeper is null)
        {
            // The database lives as long as one connection to it does.
            _keeper = new SqliteConnection(_name);
            _keeper.Open();
            SqliteSchema.Execute(_keeper, """
                CREATE TABLE journal(
                  ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL,
                  message BLOB NOT NULL, manifest TEXT, identifier INTEGER, UNIQUE (persistence_id, sequence_number))
                """);
        }

        var connection = new SqliteConnection(_name);
        connection.Open();
        return connection;
    }
}
