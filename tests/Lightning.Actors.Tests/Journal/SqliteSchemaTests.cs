using Lightning.Actors.Journal;

namespace Lightning.Actors.Tests.Journal;

public sealed class SqliteSchemaTests
{
    [Fact]
    public void A_journal_without_its_unique_index_is_refused()
    {
        using var folder = new TemporaryFolder();
        var connectionString = SqliteSchema.ConnectionString(folder.File("j.db"));
        using (var connection = SqliteSchema.Open(connectionString))
        {
            SqliteSchema.Execute(connection, """
                CREATE TABLE journal(ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted Bit NOT NULL,
                persistence_id NVarChar(255) NOT NULL, sequence_number INTEGER NOT NULL, message VarBinary NOT NULL, tags NVarChar(100),
                manifest NVarChar(500), identifier INTEGER, writer_uuid NVarChar(128))
                """);
        }

        var refused = Assert.Throws<InvalidOperationException>(() => SqliteSchema.Prepare(connectionString));
        Assert.Contains("unique index", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fresh_file_becomes_a_journal_with_a_write_ahead_log_and_full_synchronisation()
    {
        using var folder = new TemporaryFolder();
        var connectionString = SqliteSchema.ConnectionString(folder.File("j.db"));
        SqliteSchema.Prepare(connectionString);
        SqliteSchema.Prepare(connectionString);
        using var connection = SqliteSchema.Open(connectionString);
        Assert.Equal("wal", Scalar("PRAGMA journal_mode"));
        Assert.Equal(2L, Scalar("PRAGMA synchronous"));

        object? Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }
    }
}
