using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Lightning.Actors.Journal;

/// <summary>The journal in PostgreSQL: a few writers, each commits what has queued up with one statement and one round trip.</summary>
internal sealed class PostgresJournalStore : IJournalStore
{
    private readonly NpgsqlDataSource _source;
    private readonly Channel<JournalWrite> _queue = Channel.CreateUnbounded<JournalWrite>();
    private readonly int _maxBatch;
    private readonly TimeProvider _time;
    private readonly JournalPosition? _position;
    private readonly Task _writers;
    private int _disposed;

    /// <summary>Starts the writers; the schema of <see cref="PostgresSchema"/> must exist.</summary>
    public PostgresJournalStore(string connectionString, int maxBatch, int writers, TimeProvider time, JournalPosition? position)
    {
        _position = position;
        _source = NpgsqlDataSource.Create(connectionString);
        _maxBatch = maxBatch;
        _time = time;
        _writers = Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(WriteAsync)));
    }

    /// <inheritdoc/>
    public void Enqueue(JournalWrite write)
    {
        if (!_queue.Writer.TryWrite(write)) write.Unknown(new ObjectDisposedException("The journal is closed."));
    }

    /// <inheritdoc/>
    public async Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand("SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $1");
        command.Parameters.AddWithValue(persistenceId);
        return (long)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    /// <inheritdoc/>
    public async Task ReplayAsync(string persistenceId, long from, long to, long max, Action<JournalRow> row, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand("""
            SELECT sequence_number, message, identifier, manifest FROM journal
            WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 ORDER BY sequence_number LIMIT $4
            """);
        command.Parameters.AddWithValue(persistenceId);
        command.Parameters.AddWithValue(from);
        command.Parameters.AddWithValue(to);
        command.Parameters.AddWithValue(max);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            row(new JournalRow(persistenceId, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetInt32(2), reader.GetString(3)));
    }

    /// <summary>Lets the writers finish what they were given, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        _queue.Writer.TryComplete();
        await _writers.ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _position?.Flush();
    }

    private async Task WriteAsync()
    {
        var batch = new List<JournalWrite>(_maxBatch);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            var rows = 0;
            while (rows < _maxBatch && _queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
                rows += write.Rows.Count;
            }

            if (batch.Count > 0) await CommitAsync(batch).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(List<JournalWrite> batch)
    {
        try
        {
            if (await InsertAsync(batch).ConfigureAwait(false) is not { } conflict)
            {
                foreach (var write in batch) write.Durable();
            }
            else if (batch.Count == 1)
            {
                batch[0].Fenced(conflict);
            }
            else
            {
                // Somebody in this batch is stale: one by one, so that only that one fails.
                foreach (var write in batch) await CommitAsync([write]).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, each writer must hear that its outcome is unknown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var write in batch) write.Unknown(e);
        }
    }

    // One statement, so all or nothing. Returns the conflict when a sequence number is taken.
    private async Task<PostgresException?> InsertAsync(List<JournalWrite> batch)
    {
        var count = 0;
        foreach (var write in batch) count += write.Rows.Count;
        var (ids, numbers, messages, manifests, serializers) = (new string[count], new long[count], new byte[count][], new string[count], new int[count]);
        var i = 0;
        foreach (var write in batch)
        {
            foreach (var row in write.Rows)
                (ids[i], numbers[i], messages[i], manifests[i], serializers[i++]) = (row.PersistenceId, row.SequenceNr, row.Payload, row.Manifest, row.SerializerId);
        }

        await using var command = _source.CreateCommand("""
            INSERT INTO journal(created, deleted, persistence_id, sequence_number, message, manifest, identifier)
            SELECT $1, false, * FROM unnest($2, $3, $4, $5, $6) RETURNING ordering
            """);
        command.Parameters.AddWithValue(_time.GetUtcNow().UtcTicks);
        command.Parameters.Add(new NpgsqlParameter { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = numbers, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = messages, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Parameters.Add(new NpgsqlParameter { Value = manifests, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = serializers, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        try
        {
            if (await command.ExecuteScalarAsync().ConfigureAwait(false) is long ordering) _position?.Reached(ordering);
            return null;
        }
        catch (PostgresException e) when (string.Equals(e.SqlState, PostgresErrorCodes.UniqueViolation, StringComparison.Ordinal))
        {
            return e;
        }
    }
}
