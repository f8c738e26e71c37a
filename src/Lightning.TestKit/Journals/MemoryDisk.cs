using Lightning.Actors.Journal;
using Lightning.Actors.ReadModels;

namespace Lightning.TestKit.Journals;

/// <summary>A journal in memory.</summary>
internal sealed class MemoryDisk(TimeProvider time) : IScenarioDisk
{
    private Dictionary<string, List<JournalRow>> _entities = new(StringComparer.Ordinal);
    private List<(JournalRow Row, DateTimeOffset At)> _rows = [];
    private MemoryViews? _views;

    /// <inheritdoc/>
    public ViewDatabase Views => _views ??= new MemoryViews(() => _rows);

    /// <inheritdoc/>
    public Exception? Write(IReadOnlyList<JournalRow> rows)
    {
        var entity = rows[0].PersistenceId;
        var known = _entities.TryGetValue(entity, out var list) ? list : _entities[entity] = [];
        if (rows[0].SequenceNr <= known.Count) return new InvalidOperationException($"Event {rows[0].SequenceNr} of {entity} is there already.");
        if (rows[0].SequenceNr != known.Count + 1) throw new IOException($"Event {rows[0].SequenceNr} of {entity} would leave a gap after {known.Count}.");
        known.AddRange(rows);
        var now = time.GetUtcNow();
        _rows.AddRange(rows.Select(row => (row, now)));
        return null;
    }

    /// <inheritdoc/>
    public long Highest(string persistenceId) => _entities.TryGetValue(persistenceId, out var rows) ? rows.Count : 0;

    /// <inheritdoc/>
    public IReadOnlyList<JournalRow> Read(string persistenceId, long from, long to, long max) => _entities.TryGetValue(persistenceId, out var rows)
        ? [.. rows.Where(row => row.SequenceNr >= from && row.SequenceNr <= to).Take((int)Math.Min(max, int.MaxValue))]
        : [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Entities() => [.. _entities.Keys];

    /// <inheritdoc/>
    public Action Copy()
    {
        var rows = _rows.ToArray();
        return () => Restore(rows);
    }

    /// <inheritdoc/>
    public void Clear() => Restore([]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _views?.Dispose();
        return default;
    }

    private void Restore((JournalRow Row, DateTimeOffset At)[] rows)
    {
        _rows = [.. rows];
        _entities = rows.Select(static one => one.Row).GroupBy(static row => row.PersistenceId, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.ToList(), StringComparer.Ordinal);
        _views?.Forget();
    }
}
