namespace Lightning.Actors.Journal;

/// <summary>The journal table in one kind of database: many entities' writes share one commit, and a fenced write fails alone.</summary>
internal interface IJournalStore : IAsyncDisposable
{
    /// <summary>Hands over one atomic write; see <see cref="JournalWrite.Outcome"/>.</summary>
    void Enqueue(JournalWrite write);

    /// <summary>The highest sequence number of an entity, 0 for an entity without events.</summary>
    Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellation);

    /// <summary>Reads an entity's events in order.</summary>
    Task ReplayAsync(string persistenceId, long from, long to, long max, Action<JournalRow> row, CancellationToken cancellation);
}
