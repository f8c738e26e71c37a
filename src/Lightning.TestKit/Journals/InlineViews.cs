using System.Data.Common;
using Lightning.Actors.ReadModels;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Journals;

/// <summary>Lists in a database, read and written on the thread of the simulation.</summary>
internal sealed class InlineViews(ViewDatabase inner) : ViewDatabase
{
    /// <inheritdoc/>
    public override bool HasLateRows => inner.HasLateRows;

    /// <inheritdoc/>
    protected override string BytesType => "BLOB";

    /// <inheritdoc/>
    public override Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation = default) => Inline.Run(work);

    /// <inheritdoc/>
    public override DbConnection OpenJournal() => inner.OpenJournal();

    /// <inheritdoc/>
    public override DbConnection OpenViews() => inner.OpenViews();

    /// <inheritdoc/>
    public override (bool HasEnded, long Token) WritesEnded(long? token) => inner.WritesEnded(token);

    /// <inheritdoc/>
    public override void Dispose() => inner.Dispose();
}
