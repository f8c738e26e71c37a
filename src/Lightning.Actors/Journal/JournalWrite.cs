namespace Lightning.Actors.Journal;

/// <summary>Rows of one entity that become durable together or not at all.</summary>
/// <param name="rows">The rows, all of one entity, in order.</param>
/// <param name="continuations">Whether what waits for the outcome goes on in a thread of its own, or where the outcome is told.</param>
internal sealed class JournalWrite(IReadOnlyList<JournalRow> rows, TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly TaskCompletionSource<SequenceNumberTakenException?> _completion = new(continuations);

    /// <summary>The rows, all of one entity, in order.</summary>
    public IReadOnlyList<JournalRow> Rows { get; } = rows;

    /// <summary>The entity.</summary>
    public string PersistenceId => Rows[0].PersistenceId;

    /// <summary>Null once durable; an exception as the result when another incarnation was first, so that nothing was written; faulted when the outcome is unknown.</summary>
    public Task<SequenceNumberTakenException?> Outcome => _completion.Task;

    /// <summary>The rows are durable.</summary>
    public void Durable() => _completion.TrySetResult(null);

    /// <summary>The rows were refused: nothing was written.</summary>
    public void Fenced(Exception cause) =>
        _completion.TrySetResult(new SequenceNumberTakenException($"Another incarnation of {PersistenceId} has written event {Rows[0].SequenceNr} or a later one of this write.", cause));

    /// <summary>Nobody knows whether the rows were written.</summary>
    public void Unknown(Exception cause) => _completion.TrySetException(cause);
}
