using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Lightning.Actors.Journal;

/// <summary>
/// The journal in SQLite (WAL, synchronous FULL). One thread writes: it takes whatever has queued up while the last commit was
/// being flushed and commits that together. Microsoft.Data.Sqlite is synchronous, hence a thread of its own.
/// </summary>
internal sealed class SqliteJournalStore : IJournalStore
{
    private const int ConstraintError = 19;
    private readonly string _connectionString;
    private readonly int _maxBatch;
    private readonly TimeProvider _time;
    private readonly JournalPosition? _position;
    private readonly JournalQueue _queue = new();
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposed;

    /// <summary>Starts the writer; the schema of <see cref="SqliteSchema"/> must exist.</summary>
    public SqliteJournalStore(string connectionString, int maxBatch, TimeProvider time, JournalPosition? position)
    {
        _position = position;
        _connectionString = connectionString;
        _maxBatch = maxBatch;
        _time = time;
        new Thread(Run) { IsBackground = true, Name = "journal" }.Start();
    }

    /// <inheritdoc/>
    public void Enqueue(JournalWrite write)
    {
        if (!_queue.TryAdd(write)) write.Unknown(new ObjectDisposedException("The journal is closed."));
    }

    /// <inheritdoc/>
    public Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellation) => ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $p";
            command.Parameters.AddWithValue("$p", persistenceId);
            return (long)command.ExecuteScalar()!;
        },
        cancellation);

    /// <inheritdoc/>
    public Task ReplayAsync(string persistenceId, long from, long to, long max, Action<JournalRow> row, CancellationToken cancellation) => ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT sequence_number, message, identifier, manifest FROM journal
                WHERE persistence_id = $p AND sequence_number BETWEEN $f AND $t ORDER BY sequence_number LIMIT $m
                """;
            command.Parameters.AddWithValue("$p", persistenceId);
            command.Parameters.AddWithValue("$f", from);
            command.Parameters.AddWithValue("$t", to);
            command.Parameters.AddWithValue("$m", max);
            using var reader = command.ExecuteReader();
            while (reader.Read()) row(new JournalRow(persistenceId, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetInt32(2), reader.GetString(3)));
            return 0;
        },
        cancellation);

    /// <summary>Lets the writer finish what it was given, then closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        _queue.Close();
        await _stopped.Task.ConfigureAwait(false);
        while (_readers.TryTake(out var reader)) await reader.DisposeAsync().ConfigureAwait(false);
    }

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellation) => Task.Run(
        () =>
        {
            var connection = _readers.TryTake(out var idle) ? idle : SqliteSchema.Open(_connectionString);
            var healthy = false;
            try
            {
                var result = read(connection);
                healthy = true;
                return result;
            }
            finally
            {
                if (healthy && Volatile.Read(ref _disposed) == 0) _readers.Add(connection);
                else connection.Dispose();
            }
        },
        cancellation);

    private void Run()
    {
        SqliteConnection? connection = null;
        SqliteCommand? insert = null;
        var batch = new List<JournalWrite>(_maxBatch);
        while (_queue.Take(batch, _maxBatch))
        {
            try
            {
                connection ??= SqliteSchema.Open(_connectionString);
                insert ??= PrepareInsert(connection);
                Commit(connection, insert, batch);
            }
#pragma warning disable CA1031 // Whatever went wrong, each writer must hear that its outcome is unknown; the connection is opened anew.
            catch (Exception e)
#pragma warning restore CA1031
            {
                insert?.Dispose();
                connection?.Dispose();
                (insert, connection) = (null, null);
                foreach (var write in batch) write.Unknown(e);
            }
        }

        insert?.Dispose();
        connection?.Dispose();
        try
        {
            _position?.Flush();
            _stopped.SetResult();
        }
#pragma warning disable CA1031 // On a thread of its own it would end the process, and whoever closes the journal would wait for ever: it is told instead.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _stopped.SetException(e);
        }
    }

    private static SqliteCommand PrepareInsert(SqliteConnection connection)
    {
        var insert = connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO journal(created, deleted, persistence_id, sequence_number, message, manifest, identifier)
            VALUES ($created, 0, $id, $nr, $message, $manifest, $serializer)
            """;
        insert.Parameters.Add("$created", SqliteType.Integer);
        insert.Parameters.Add("$id", SqliteType.Text);
        insert.Parameters.Add("$nr", SqliteType.Integer);
        insert.Parameters.Add("$message", SqliteType.Blob);
        insert.Parameters.Add("$manifest", SqliteType.Text);
        insert.Parameters.Add("$serializer", SqliteType.Integer);
        insert.Prepare();
        return insert;
    }

    private void Commit(SqliteConnection connection, SqliteCommand insert, List<JournalWrite> batch)
    {
        List<(JournalWrite Write, SqliteException Cause)>? fenced = null;
        SqliteSchema.Execute(connection, "BEGIN IMMEDIATE");
        insert.Parameters[0].Value = _time.GetUtcNow().UtcTicks;
        foreach (var write in batch)
        {
            // A statement that breaks the unique index undoes itself; only a write of several rows needs a savepoint.
            var several = write.Rows.Count > 1;
            if (several) SqliteSchema.Execute(connection, "SAVEPOINT entity");
            try
            {
                foreach (var row in write.Rows) Insert(insert, row);
            }
            catch (SqliteException e) when (e.SqliteErrorCode == ConstraintError)
            {
                if (several) SqliteSchema.Execute(connection, "ROLLBACK TO entity");
                (fenced ??= []).Add((write, e));
            }

            if (several) SqliteSchema.Execute(connection, "RELEASE entity");
        }

        SqliteSchema.Execute(connection, "COMMIT");
        if (fenced is null)
        {
            _position?.Reached(SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle));
        }
        else
        {
            // The last row may be one that was undone: the position must never be ahead of the journal.
            foreach (var (write, cause) in fenced) write.Fenced(cause);
        }

        foreach (var write in batch) write.Durable();
    }

    private static void Insert(SqliteCommand insert, in JournalRow row)
    {
        var parameters = insert.Parameters;
        parameters[1].Value = row.PersistenceId;
        parameters[2].Value = row.SequenceNr;
        parameters[3].Value = row.Payload;
        parameters[4].Value = row.Manifest;
        parameters[5].Value = row.SerializerId;
        insert.ExecuteNonQuery();
    }
}
