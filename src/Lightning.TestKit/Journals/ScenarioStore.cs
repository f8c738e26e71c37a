using Lightning.Actors.Journal;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Journals;

/// <summary>One process's way to its node's disk, on which a test can put every kind of trouble.</summary>
internal sealed class ScenarioStore(IScenarioDisk disk, SimulatedProcess process, JournalTrouble trouble, Action<IReadOnlyList<JournalRow>> written, Action<string> violated) : IJournalStore
{
    /// <inheritdoc/>
    public void Enqueue(JournalWrite write)
    {
        if (trouble.IsHoldingWrites) trouble.Wait(process, () => Do(write));
        else Do(write);
    }

    private void Do(JournalWrite write)
    {
        var fault = process.IsDead ? WriteFault.CrashBefore : trouble.Take(write);
        switch (fault)
        {
            case WriteFault.CrashBefore:
                process.Kill();
                return;
            case WriteFault.Fail:
                write.Unknown(new IOException("The disk is full."));
                return;
        }

        Exception? fenced;
        try
        {
            // Only who goes on after a write that failed leaves out a number: a database would take it.
            if (write.Rows[0].SequenceNr > disk.Highest(write.PersistenceId) + 1) violated($"{write.PersistenceId} goes on after a write of which it does not know whether it was done");
            fenced = disk.Write(write.Rows);
        }
#pragma warning disable CA1031 // Whatever it was, the writer must hear that the outcome is unknown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            trouble.Hurt();
            write.Unknown(e);
            return;
        }

        if (fenced is null) written(write.Rows);
        else trouble.Refused++;
        switch (fault)
        {
            case WriteFault.CrashAfter:
                process.Kill();
                break;
            case WriteFault.LoseAnswer:
                write.Unknown(new TimeoutException("The database's answer was lost."));
                break;
            default:
                trouble.Answer(process, () =>
                {
                    if (fenced is not null) write.Fenced(fenced);
                    else write.Durable();
                });
                break;
        }
    }

    /// <inheritdoc/>
    public Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellation) => Read(() => disk.Highest(persistenceId));

    /// <inheritdoc/>
    public Task ReplayAsync(string persistenceId, long from, long to, long max, Action<JournalRow> row, CancellationToken cancellation) => Read(() =>
    {
        foreach (var found in disk.Read(persistenceId, from, to, max)) row(found);
        return true;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private Task<T> Read<T>(Func<T> read)
    {
        if (trouble.TakeRead()) return Task.FromException<T>(new IOException("The database cannot be read."));
        var result = Inline.Run(read);
        if (result.IsFaulted) trouble.Hurt();
        return result;
    }
}
