using System.Data.Common;
using Lightning.Actors.ReadModels;
using Microsoft.Data.Sqlite;

namespace Lightning.Actors.Tests.ReadModels;

/// <summary>Tables in SQLite that count what reading them costs: the steps of its virtual machine, which are the same on every machine and under every load.</summary>
internal sealed class CountedViews(WrittenJournal journal) : ViewDatabase
{
    private const int Granularity = 10;
    private readonly SqliteViews _inner = new(journal.JournalFile, journal.ViewsFile);
    private int _counted;

    public override bool HasLateRows => false;

    protected override string BytesType => "BLOB";

    /// <summary>The steps since it was asked last.</summary>
    public int Steps()
    {
        var steps = _counted * Granularity;
        _counted = 0;
        return steps;
    }

    public override DbConnection OpenJournal() => _inner.OpenJournal();

    public override DbConnection OpenViews()
    {
        var connection = (SqliteConnection)_inner.OpenViews();
        SQLitePCL.raw.sqlite3_progress_handler(connection.Handle, Granularity, Count, null);
        return connection;
    }

    public override Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation = default) => Task.FromResult(work());

    public override (bool HasEnded, long Token) WritesEnded(long? token) => (true, 0);

    public override void Dispose() => _inner.Dispose();

    // Anything but 0 would interrupt the query.
    private int Count(object? ignored)
    {
        _counted++;
        return 0;
    }
}
