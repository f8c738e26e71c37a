using Npgsql;

namespace Lightning.Actors.Journal;

/// <summary>The tables of a node in PostgreSQL: the same that Akka.Persistence.Sql makes and reads.</summary>
internal static class PostgresSchema
{
    /// <summary>Makes the journal if it is not there and checks the index that fences stale writers and that a commit is durable.</summary>
    /// <returns>How far the journal has come; 0 for an empty one.</returns>
    /// <exception cref="InvalidOperationException">The server runs without fsync or synchronous_commit, or the journal lacks its unique index.</exception>
    public static async Task<long> PrepareAsync(string connectionString, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
        {
            await using var show = source.CreateCommand($"SHOW {setting}");
            if (await show.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is "off")
                throw new InvalidOperationException($"PostgreSQL runs with {setting} = off: a payment that it has confirmed could be lost. Turn it on.");
        }

        // Several processes may start at once: the advisory lock lets one make the table.
        await using (var create = source.CreateCommand("""
            BEGIN;
            SELECT pg_advisory_xact_lock(7001);
            CREATE TABLE IF NOT EXISTS journal(
              ordering BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created BIGINT NOT NULL, deleted BOOLEAN NOT NULL,
              persistence_id VARCHAR(255) NOT NULL, sequence_number BIGINT NOT NULL, message BYTEA NOT NULL,
              tags VARCHAR(100), manifest VARCHAR(500), identifier INT, writer_uuid VARCHAR(128),
              CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number));
            COMMIT;
            """))
        {
            await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        await using var fence = source.CreateCommand("""
            SELECT count(*) FROM pg_index i WHERE i.indrelid = 'journal'::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
              AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey))
                  = ARRAY['persistence_id', 'sequence_number']
            """);
        if ((long)(await fence.ExecuteScalarAsync(cancellation).ConfigureAwait(false))! == 0)
        {
            throw new InvalidOperationException(
                "The journal has no unique index on (persistence_id, sequence_number): without it two incarnations of a channel could both write, and money could be lost.");
        }

        await using var position = source.CreateCommand("SELECT coalesce(max(ordering), 0) FROM journal");
        return (long)(await position.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }
}
