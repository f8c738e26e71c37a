using System.Data.Common;
using Lightning.Actors.Invoices;
using Lightning.Actors.Journal;
using Lightning.Actors.Payments;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Serialization;
using Microsoft.Data.Sqlite;

namespace Lightning.Actors.Tests.ReadModels;

/// <summary>A journal that a test writes by hand, with the tables made of it.</summary>
internal sealed class WrittenJournal : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, long> _sequence = new(StringComparer.Ordinal);

    public WrittenJournal()
    {
        SqliteSchema.Prepare(SqliteSchema.ConnectionString(JournalFile));
        _connection = SqliteSchema.Open(SqliteSchema.ConnectionString(JournalFile));
    }

    public string JournalFile => _folder.File("journal.db");

    public string ViewsFile => _folder.File("views.db");

    public void Write(PaymentHash hash, params InvoiceEvent[] events) => Write($"{InvoiceActor.PersistencePrefix}{hash}", events);

    public void Write(PaymentHash hash, params PaymentEvent[] events) => Write($"{PaymentActor.PersistencePrefix}{hash}", events);

    public void Write(string entity, IEnumerable<object> events, long? ordering = null, DateTimeOffset at = default)
    {
        foreach (var happened in events)
        {
            var format = LightningSerializer.Formats.Find(happened.GetType())!;
            var number = _sequence[entity] = _sequence.GetValueOrDefault(entity) + 1;
            ViewDatabase.Execute(
                _connection,
                null,
                "INSERT INTO journal(ordering, created, deleted, persistence_id, sequence_number, message, manifest, identifier) VALUES (@o, @c, 0, @p, @n, @m, @f, 7001)",
                ("o", ordering),
                ("c", at.UtcTicks),
                ("p", entity),
                ("n", number),
                ("m", format.Write(happened)),
                ("f", format.Manifest));
        }
    }

    /// <summary>Runs a statement of the test's own.</summary>
    public void Execute(string sql) => SqliteSchema.Execute(_connection, sql);

    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }
}

/// <summary>As PostgreSQL: a row may become visible after one with a higher number.</summary>
internal sealed class LateViews(WrittenJournal journal) : ViewDatabase
{
    private readonly SqliteViews _inner = new(journal.JournalFile, journal.ViewsFile);

    /// <summary>Whether a write is under way.</summary>
    public bool IsWriting { get; set; }

    public override bool HasLateRows => true;

    protected override string BytesType => "BLOB";

    public override DbConnection OpenJournal() => _inner.OpenJournal();

    public override DbConnection OpenViews() => _inner.OpenViews();

    public override (bool HasEnded, long Token) WritesEnded(long? token) => (!IsWriting, 1);

    public override void Dispose() => _inner.Dispose();
}
