using System.Data.Common;

namespace Lightning.Actors.ReadModels;

/// <summary>
/// The journal to read from and the tables that the lists are kept in. The tables hold nothing that the journal does not say: deleted, they are made anew.
/// Calls block, and are meant for the thread pool.
/// </summary>
internal abstract class ViewDatabase : IDisposable
{
    /// <summary>The type of a column of bytes.</summary>
    protected abstract string BytesType { get; }

    /// <summary>Whether a row of the journal may become visible after a row with a higher ordering.</summary>
    public abstract bool HasLateRows { get; }

    /// <summary>An open connection to the journal; disposing it gives it back.</summary>
    public abstract DbConnection OpenJournal();

    /// <summary>An open connection to the tables; disposing it gives it back.</summary>
    public abstract DbConnection OpenViews();

    /// <summary>
    /// Whether every write that was under way when <paramref name="token"/> was taken has ended; null takes one. Only asked where <see cref="HasLateRows"/>.
    /// </summary>
    public abstract (bool HasEnded, long Token) WritesEnded(long? token);

    /// <summary>Another number whenever the journal is longer, where that is known without a query; null where it is not.</summary>
    public virtual long? JournalLength => null;

    /// <summary>Does what blocks, away from actors and callers.</summary>
    public virtual Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation = default) => Task.Run(work, cancellation);

    /// <summary>Makes the tables where they are missing, and anew where they know more than the journal: then they belong to another one.</summary>
    public void Prepare()
    {
        using var views = OpenViews();
        using (var transaction = views.BeginTransaction())
        {
            MakeTables(views, transaction);
            transaction.Commit();
        }

        using var journal = OpenJournal();
        var last = Convert.ToInt64(Scalar(journal, null, "SELECT coalesce(max(ordering), 0) FROM journal"), System.Globalization.CultureInfo.InvariantCulture);
        if (Position.Read(views, null).Ordering <= last) return;
        using var anew = views.BeginTransaction();
        foreach (var table in new[] { "view_invoices", "view_payments", "view_position" }) Execute(views, anew, $"DROP TABLE {table}");
        MakeTables(views, anew);
        anew.Commit();
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>A command with its parameters.</summary>
    public static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Every text is a constant of this folder; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Runs a statement; gives the number of rows that it changed.</summary>
    public static int Execute(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; null where there is none.</summary>
    public static object? Scalar(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, transaction, sql, parameters);
        return command.ExecuteScalar() is var value and not DBNull ? value : null;
    }

    private void MakeTables(DbConnection views, DbTransaction transaction)
    {
        Execute(views, transaction, """
            CREATE TABLE IF NOT EXISTS view_position(
              id INTEGER PRIMARY KEY, ordering BIGINT NOT NULL, add_index BIGINT NOT NULL, settle_index BIGINT NOT NULL, payment_index BIGINT NOT NULL)
            """);
        Execute(views, transaction, $"""
            CREATE TABLE IF NOT EXISTS view_invoices(
              add_index BIGINT PRIMARY KEY, payment_hash {BytesType} NOT NULL UNIQUE, settle_index BIGINT UNIQUE,
              state INTEGER NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, info {BytesType} NOT NULL)
            """);
        Execute(views, transaction, $"""
            CREATE TABLE IF NOT EXISTS view_payments(
              payment_index BIGINT PRIMARY KEY, payment_hash {BytesType} NOT NULL UNIQUE, status INTEGER NOT NULL, created_at BIGINT NOT NULL, info {BytesType} NOT NULL)
            """);
        Execute(views, transaction, "CREATE INDEX IF NOT EXISTS view_payments_status ON view_payments(status)");
        Execute(views, transaction, "INSERT INTO view_position(id, ordering, add_index, settle_index, payment_index) VALUES (1, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING");
    }
}
