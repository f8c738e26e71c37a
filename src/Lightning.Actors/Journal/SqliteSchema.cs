using Microsoft.Data.Sqlite;

namespace Lightning.Actors.Journal;

/// <summary>The tables of a node in SQLite: the same that Akka.Persistence.Sql makes and reads.</summary>
internal static class SqliteSchema
{
    /// <summary>The connection string of a database file. Not pooled: a pool would keep a closed node's file open.</summary>
    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString();

    /// <summary>Opens a connection with the settings that make a commit durable.</summary>
    public static SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes the journal if it is not there, switches the file to WAL, and checks that the index that fences stale writers exists.</summary>
    /// <exception cref="InvalidOperationException">The file holds a journal without that index, or WAL cannot be had.</exception>
    public static void Prepare(string connectionString)
    {
        using var connection = Open(connectionString);
        using (var mode = connection.CreateCommand())
        {
            mode.CommandText = "PRAGMA journal_mode=WAL";
            if ((string?)mode.ExecuteScalar() is not "wal" and var got)
                throw new InvalidOperationException($"{connection.DataSource} cannot use a write-ahead log (journal_mode is {got}): put the data folder on a local disk.");
        }

        Execute(connection, """
            CREATE TABLE IF NOT EXISTS journal(
              ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted Bit NOT NULL,
              persistence_id NVarChar(255) NOT NULL, sequence_number INTEGER NOT NULL, message VarBinary NOT NULL,
              tags NVarChar(100), manifest NVarChar(500), identifier INTEGER, writer_uuid NVarChar(128),
              CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number))
            """);
        RequireFence(connection);
    }

    /// <summary>How far the journal has come; 0 for an empty one.</summary>
    public static long Position(string connectionString)
    {
        using var connection = Open(connectionString);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(ordering), 0) FROM journal";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Runs a statement without a result.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void RequireFence(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT count(*) FROM pragma_index_list('journal') AS i WHERE i."unique" = 1 AND i.partial = 0
              AND (SELECT group_concat(name) FROM pragma_index_info(i.name)) IN ('persistence_id,sequence_number', 'sequence_number,persistence_id')
            """;
        if ((long)command.ExecuteScalar()! == 0)
        {
            throw new InvalidOperationException(
                $"The journal in {connection.DataSource} has no unique index on (persistence_id, sequence_number): without it two incarnations of a channel could both write, and money could be lost.");
        }
    }
}
