using System.Data.Common;
using System.Globalization;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.ReadModels;

/// <summary>
/// The journal to read from and the tables that the lists are kept in. The tables hold nothing that the journal does not say: deleted, they are made anew.
/// Calls block, and are meant for the thread pool.
/// </summary>
internal abstract class ViewDatabase : IDisposable
{
    /// <summary>Of what the tables hold and how they are made: those of another version are made anew.</summary>
    private const long Version = 3;

    private static readonly string[] Tables = ["view_invoices", "view_payments", "view_forwards", "view_channels", "view_peers", "view_position"];

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

    /// <summary>Makes the tables where they are missing or of another version, and anew where they know more than the journal: then they belong to another one.</summary>
    public void Prepare()
    {
        using var views = OpenViews();
        using (var transaction = views.BeginTransaction())
        {
            Execute(views, transaction, "CREATE TABLE IF NOT EXISTS view_version(id BIGINT PRIMARY KEY, version BIGINT NOT NULL)");
            if (Scalar(views, transaction, "SELECT version FROM view_version WHERE id = 1") is not Version) MakeAnew(views, transaction);
            transaction.Commit();
        }

        using var journal = OpenJournal();
        var last = Convert.ToInt64(Scalar(journal, null, "SELECT coalesce(max(ordering), 0) FROM journal"), CultureInfo.InvariantCulture);
        if (Position.Read(views, null).Ordering <= last) return;
        using var anew = views.BeginTransaction();
        MakeAnew(views, anew);
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

    /// <summary>Reads rows of the tables. Parameters that the text does not name are left away: Npgsql refuses them.</summary>
    public IReadOnlyList<T> Query<T>(string sql, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        using var views = OpenViews();
        using var command = Command(views, null, sql, [.. parameters.Where(p => sql.Contains(string.Create(CultureInfo.InvariantCulture, $"@{p.Name}"), StringComparison.Ordinal))]);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    /// <summary>An event as it stands in the journal.</summary>
    /// <exception cref="InvalidDataException">This version does not know its type.</exception>
    public static object Decode(string manifest, byte[] message)
    {
        var format = LightningSerializer.Formats.Find(manifest) ?? throw new InvalidDataException($"The journal has an event '{manifest}' that this version does not know.");

        // No event names an actor, so that none needs a system to be read.
        return format.Read(message, null!);
    }

    private void MakeAnew(DbConnection views, DbTransaction transaction)
    {
        foreach (var table in Tables) Execute(views, transaction, $"DROP TABLE IF EXISTS {table}");
        MakeTables(views, transaction);
        Execute(views, transaction, "INSERT INTO view_version(id, version) VALUES (1, @v) ON CONFLICT (id) DO UPDATE SET version = excluded.version", ("v", Version));
    }

    private void MakeTables(DbConnection views, DbTransaction transaction)
    {
        Execute(views, transaction, """
            CREATE TABLE view_position(
              id INTEGER PRIMARY KEY, ordering BIGINT NOT NULL, add_index BIGINT NOT NULL, settle_index BIGINT NOT NULL, payment_index BIGINT NOT NULL)
            """);
        Execute(views, transaction, $"""
            CREATE TABLE view_invoices(
              add_index BIGINT PRIMARY KEY, payment_hash {BytesType} NOT NULL UNIQUE, settle_index BIGINT UNIQUE,
              state INTEGER NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, info {BytesType} NOT NULL)
            """);
        Execute(views, transaction, $"""
            CREATE TABLE view_payments(
              payment_index BIGINT PRIMARY KEY, payment_hash {BytesType} NOT NULL UNIQUE, status INTEGER NOT NULL, created_at BIGINT NOT NULL, info {BytesType} NOT NULL)
            """);
        Execute(views, transaction, $"""
            CREATE TABLE view_channels(
              number BIGINT PRIMARY KEY, channel_key VARCHAR(41) NOT NULL UNIQUE, peer {BytesType}, output BIGINT, short_id BIGINT)
            """);

        Execute(views, transaction, "CREATE TABLE view_peers(peer VARCHAR(66) PRIMARY KEY)");

        // fees_until: what was earned up to this one and with it, so that the sum of a stretch is a difference.
        Execute(views, transaction, $"""
            CREATE TABLE view_forwards(
              in_channel BIGINT NOT NULL, in_htlc BIGINT NOT NULL, out_channel BIGINT, out_short_id BIGINT, out_htlc BIGINT,
              amount_in BIGINT NOT NULL, amount_out BIGINT, expiry_in BIGINT NOT NULL, expiry_out BIGINT, status BIGINT NOT NULL, refusal BIGINT, failure BIGINT, preimage {BytesType},
              offered_at BIGINT NOT NULL, offered_index BIGINT UNIQUE, resolved_at BIGINT, resolved_index BIGINT UNIQUE,
              settled_at BIGINT, settle_index BIGINT UNIQUE, fees_until BIGINT, PRIMARY KEY (in_channel, in_htlc))
            """);
        Execute(views, transaction, "CREATE INDEX view_forwards_time ON view_forwards(settled_at, settle_index)");
        Execute(views, transaction, "CREATE INDEX view_invoices_time ON view_invoices(created_at, add_index)");
        Execute(views, transaction, "CREATE INDEX view_invoices_state ON view_invoices(state, expires_at, add_index)");
        Execute(views, transaction, "CREATE INDEX view_payments_time ON view_payments(created_at, payment_index)");
        Execute(views, transaction, "CREATE INDEX view_payments_status ON view_payments(status, payment_index)");
        Execute(views, transaction, "INSERT INTO view_position(id, ordering, add_index, settle_index, payment_index) VALUES (1, 0, 0, 0, 0)");
    }
}
