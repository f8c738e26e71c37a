using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Lightning.Actors.Journal;

namespace Lightning.Actors.Tests.Journal;

/// <summary>The real journal over a database that has trouble when a test wants it to.</summary>
public sealed class FaultyJournal(Config config) : GroupCommitJournal(config)
{
    private readonly JournalFaults _faults = JournalFaults.Of(Context.System);

    /// <summary>HOCON that puts it in the place of the real one.</summary>
    public static string Hocon { get; } = $"akka.persistence.journal.group-commit.class = \"{typeof(FaultyJournal).AssemblyQualifiedName}\"";

    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        if (_faults.TakeRead()) throw new IOException("the database cannot be read");
        await base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback);
    }

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var fault = _faults.TakeWrite();
        if (fault == JournalFault.Fails) throw new IOException("the disk is full");
        var result = await base.WriteMessagesAsync(messages, cancellationToken);
        if (fault == JournalFault.LosesItsAnswer) throw new IOException("the connection to the database is lost");
        await _faults.Gate;
        return result;
    }
}

/// <summary>What a write comes to.</summary>
public enum JournalFault
{
    None,

    /// <summary>Nothing is written, and the writer hears of trouble.</summary>
    Fails,

    /// <summary>All is written, and the writer hears of trouble.</summary>
    LosesItsAnswer,
}

/// <summary>The trouble of one actor system's database.</summary>
internal sealed class JournalFaults
{
    private static readonly ConditionalWeakTable<ActorSystem, JournalFaults> Known = [];
    private TaskCompletionSource? _gate;
    private JournalFault _fault;
    private int _writesBefore = -1;
    private int _reads;

    /// <summary>Writes so far.</summary>
    public int Writes { get; private set; }

    /// <summary>Completes as soon as answers to writes are let through.</summary>
    public Task Gate => Volatile.Read(ref _gate)?.Task ?? Task.CompletedTask;

    public static JournalFaults Of(ActorSystem system) => Known.GetValue(system, static _ => new JournalFaults());

    /// <summary>Has one write fail, after so many others.</summary>
    public void Fail(JournalFault fault, int after = 0)
    {
        lock (this) (_fault, _writesBefore) = (fault, after);
    }

    /// <summary>Has so many reads fail.</summary>
    public void FailReads(int count)
    {
        lock (this) _reads = count;
    }

    /// <summary>Holds back the answers to writes until <see cref="Release"/>.</summary>
    public void Hold() => Volatile.Write(ref _gate, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Release() => Interlocked.Exchange(ref _gate, null)?.SetResult();

    internal JournalFault TakeWrite()
    {
        lock (this)
        {
            Writes++;
            return _writesBefore >= 0 && _writesBefore-- == 0 ? _fault : JournalFault.None;
        }
    }

    internal bool TakeRead()
    {
        lock (this) return _reads > 0 && _reads-- > 0;
    }
}
