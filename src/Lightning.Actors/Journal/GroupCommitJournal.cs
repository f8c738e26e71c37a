using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Serialization;

namespace Lightning.Actors.Journal;

/// <summary>
/// A journal over Akka.Persistence.Sql's own table in which the writes of many entities share one commit. A sequence number that
/// is already taken refuses that entity's write only (as a rejection, so that it neither stops its neighbours in the batch nor
/// counts against the circuit breaker); every other database error is a failure whose outcome nobody knows.
/// Events are never deleted: they are the fence.
/// </summary>
public class GroupCommitJournal : AsyncWriteJournal
{
    private readonly IJournalStore _store;
    private readonly TaskCreationOptions _continuations;
    private readonly Akka.Serialization.Serialization _serialization;
    private readonly ConcurrentDictionary<string, Task> _unfinished = new(StringComparer.Ordinal);

    /// <summary>Opens the store that <paramref name="config"/> names; the schema must exist already.</summary>
    public GroupCommitJournal(Config config)
        : this(JournalStores.Open(Context.System, config ?? throw new ArgumentNullException(nameof(config))))
    {
    }

    /// <summary>Over a store; closes it in the end.</summary>
    private protected GroupCommitJournal(IJournalStore store, TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _continuations = continuations;
        _serialization = Context.System.Serialization;
        _store = store;
    }

    /// <inheritdoc/>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        // An entity that restarts after a timed-out write must not read before that write is decided, or it would use its number again.
        if (_unfinished.TryGetValue(persistenceId, out var write)) await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await _store.ReadHighestSequenceNrAsync(persistenceId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback) =>
        max <= 0 ? Task.CompletedTask : _store.ReplayAsync(persistenceId, fromSequenceNr, toSequenceNr, max, row => recoveryCallback(ToPersistent(row)), CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var rows = new List<JournalRow>(4);
        var count = 0;
        foreach (var atomic in messages)
        {
            count++;
            foreach (var persistent in (IImmutableList<IPersistentRepresentation>)atomic.Payload) rows.Add(ToRow(persistent));
        }

        var write = new JournalWrite(rows, _continuations);
        _unfinished[write.PersistenceId] = write.Outcome;
        _store.Enqueue(write);
        try
        {
            return await write.Outcome.ConfigureAwait(false) is { } fenced ? Enumerable.Repeat<Exception>(fenced, count).ToImmutableList() : null!;
        }
        finally
        {
            _unfinished.TryRemove(KeyValuePair.Create(write.PersistenceId, (Task)write.Outcome));
        }
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        Task.FromException(new NotSupportedException("Events are never deleted: they are what keeps a stale incarnation out."));

    /// <inheritdoc/>
    protected override void PostStop()
    {
        JournalStores.Close(Context.System, _store);
        base.PostStop();
    }

    private JournalRow ToRow(IPersistentRepresentation persistent)
    {
        var serializer = _serialization.FindSerializerFor(persistent.Payload);
        var manifest = serializer is SerializerWithStringManifest named
            ? named.Manifest(persistent.Payload)
            : throw new NotSupportedException($"{persistent.Payload.GetType()} of {persistent.PersistenceId} has no manifest and so cannot be an event.");
        return new JournalRow(persistent.PersistenceId, persistent.SequenceNr, serializer.ToBinary(persistent.Payload), serializer.Identifier, manifest);
    }

    private Persistent ToPersistent(JournalRow row) => new(
        _serialization.Deserialize(row.Payload, row.SerializerId, row.Manifest), row.SequenceNr, row.PersistenceId, row.Manifest, isDeleted: false, ActorRefs.NoSender, writerGuid: "");
}
