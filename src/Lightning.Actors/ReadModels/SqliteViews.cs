using System.Data.Common;
using Lightning.Actors.Journal;
using Microsoft.Data.Sqlite;

namespace Lightning.Actors.ReadModels;

/// <summary>The tables in a SQLite file of their own beside the journal, so that lists never hold up a payment's commit.</summary>
internal sealed class SqliteViews(string journalFile, string viewsFile) : ViewDatabase
{
    // Pooled: closing a file's last connection moves its whole log into the file, which costs several flushes of the disk, and would be done for every change.
    private readonly string _journal = Pooled(journalFile);
    private readonly string _views = Pooled(viewsFile);

    /// <inheritdoc/>
    public override bool HasLateRows => false;

    /// <inheritdoc/>
    protected override string BytesType => "BLOB";

    /// <inheritdoc/>
    public override DbConnection OpenJournal() => Open(_journal, "PRAGMA busy_timeout=5000; PRAGMA query_only=1;");

    /// <inheritdoc/>
    // A crash may take the last commits: position and rows go together, so that they are made again.
    public override DbConnection OpenViews() => Open(_views, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;");

    /// <inheritdoc/>
    public override (bool HasEnded, long Token) WritesEnded(long? token) => (true, 0);

    /// <inheritdoc/>
    public override void Dispose()
    {
        // What is given back later, by a look that was under way, is closed then.
        foreach (var connectionString in (ReadOnlySpan<string>)[_journal, _views])
        {
            using var any = new SqliteConnection(connectionString);
            SqliteConnection.ClearPool(any);
        }
    }

    private static string Pooled(string file) => new SqliteConnectionStringBuilder { DataSource = file, Pooling = true }.ToString();

    private static SqliteConnection Open(string connectionString, string pragmas)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            SqliteSchema.Execute(connection, pragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
