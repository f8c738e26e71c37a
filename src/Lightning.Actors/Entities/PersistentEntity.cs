using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace Lightning.Actors.Entities;

/// <summary>
/// What every persistent entity keeps to, so that a stale incarnation can never do harm:
/// one atomic write in flight, everything visible only in that write's callback; an <see cref="OwnershipTaken"/> before (or with) the
/// first event; replayed sequence numbers without gaps; and nothing at all after a write that failed or was refused.
/// </summary>
/// <remarks>
/// The entity's sender is kept through a write: <see cref="ActorBase.Sender"/> in the callback is the command's sender.
/// Only this class calls <c>PersistAll</c>; <c>Persist</c> and <c>PersistAsync</c> are called nowhere.
/// </remarks>
internal abstract class PersistentEntity : UntypedPersistentActor
{
    private long _replayed;
    private bool _owner;
    private bool _ended;
    private bool _writing;
    private long _sinceSnapshot;

    /// <summary>An entity whose events stand under <paramref name="persistenceId"/>.</summary>
    protected PersistentEntity(string persistenceId)
    {
        PersistenceId = persistenceId;
        Log = Context.GetLogger();
    }

    /// <inheritdoc/>
    public sealed override string PersistenceId { get; }

    /// <inheritdoc/>
    public override Recovery Recovery => SnapshotEvery is null ? new Recovery(SnapshotSelectionCriteria.None) : Recovery.Default;

    /// <summary>This incarnation's epoch; 0 as long as it owns nothing.</summary>
    protected long Epoch { get; private set; }

    /// <summary>The actor's logger.</summary>
    protected new ILoggingAdapter Log { get; }

    /// <summary>Whether the entity takes ownership as soon as it is recovered (<see cref="Owned"/> follows), or only with its first event.</summary>
    protected virtual bool OwnsFromStart => false;

    /// <summary>A snapshot is saved after so many events; null for an entity that is short enough to be replayed.</summary>
    protected virtual int? SnapshotEvery => null;

    /// <summary>Applies an event to the state, in replay and after a write alike: pure, nothing becomes visible here.</summary>
    protected abstract void Apply(object domainEvent);

    /// <summary>Handles a command: decides, then writes at most once (<see cref="Write"/>).</summary>
    protected abstract void Handle(object command);

    /// <summary>An <see cref="OwnershipTaken"/> was replayed or written: what only the incarnation before it knew is lost.</summary>
    protected virtual void OwnershipApplied()
    {
    }

    /// <summary>The replay is over; the state is the last durable one. An entity that does not own may only read.</summary>
    protected virtual void Recovered()
    {
    }

    /// <summary>This incarnation owns the entity (after the write of <see cref="OwnershipTaken"/> when <see cref="OwnsFromStart"/>).</summary>
    protected virtual void Owned()
    {
    }

    /// <summary>The state for a snapshot.</summary>
    protected virtual object? TakeSnapshot() => null;

    /// <summary>Restores the state from a snapshot.</summary>
    protected virtual void RestoreSnapshot(object snapshot) => throw new NotSupportedException($"{GetType().Name} has no snapshots.");

    /// <summary>
    /// Writes events as one atomic write, applies them once they are durable, then calls <paramref name="written"/>: only there may
    /// anything be sent, broadcast or answered. Until then other commands wait. Without events <paramref name="written"/> runs at once.
    /// </summary>
    protected void Write(IReadOnlyCollection<object> events, Action written)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(written);
        if (events.Count == 0 && (_owner || !OwnsFromStart))
        {
            if (!_ended) written();
            return;
        }

        WriteBatch(_owner ? [.. events] : [OwnershipTaken.Instance, .. events], written);
    }

    /// <summary>
    /// Takes ownership, again where need be, before <paramref name="written"/>: for an answer that no event would cause and that an incarnation which
    /// has been replaced must not give.
    /// </summary>
    protected void Fence(Action written) => WriteBatch([OwnershipTaken.Instance], written);

    private void WriteBatch(List<object> batch, Action written)
    {
        if (_ended) return;
        if (_writing) throw new InvalidOperationException($"{PersistenceId} began a second write while one is in flight.");
        var left = batch.Count;
        _writing = true;
        PersistAll(batch, written: domainEvent =>
        {
            Applied(domainEvent);
            if (--left > 0) return;
            _writing = false;
            SaveSnapshotIfDue();
            written();
        });
    }

    /// <inheritdoc/>
    protected sealed override void OnCommand(object message)
    {
        if (_ended) return;
        switch (message)
        {
            case EntityStop:
                _ended = true;
                Context.Stop(Self);
                break;
            case SaveSnapshotSuccess saved:
                // Older snapshots are of no use; the events stay.
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;
            case SaveSnapshotFailure failed:
                Log.Warning(failed.Cause, "{0} could not save a snapshot; it will be replayed from its events.", PersistenceId);
                break;
            case DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                break;
            default:
                Handle(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer offer:
                RestoreSnapshot(offer.Snapshot);
                _replayed = offer.Metadata.SequenceNr;
                break;
            case RecoveryCompleted:
                if (LastSequenceNr != _replayed) throw new JournalGapException(PersistenceId, LastSequenceNr, _replayed);
                Recovered();
                if (OwnsFromStart) Write([], Owned);
                break;
            default:
                if (LastSequenceNr != _replayed + 1) throw new JournalGapException(PersistenceId, _replayed + 1, LastSequenceNr);
                _replayed = LastSequenceNr;
                _sinceSnapshot++;
                if (message is OwnershipTaken) OwnershipApplied();
                else Apply(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected sealed override void OnPersistFailure(Exception cause, object domainEvent, long sequenceNr)
    {
        // Nobody knows whether it was written. The next incarnation learns it by replay; this one says nothing to anybody.
        _ended = true;
        Log.Warning(cause, "{0} could not write event {1} and stops; it starts again from what is durable.", PersistenceId, sequenceNr);
    }

    /// <inheritdoc/>
    protected sealed override void OnPersistRejected(Exception cause, object domainEvent, long sequenceNr)
    {
        // Another incarnation owns the entity now (or the event cannot be serialized): Akka would go on by default.
        if (!_ended) Log.Warning("{0} was refused event {1} and stops: {2}", PersistenceId, sequenceNr, cause?.Message);
        _ended = true;
        Context.Stop(Self);
    }

    /// <summary>Asks the parent shard to stop this entity when nothing more comes for it.</summary>
    protected void Passivate() => Context.Parent.Tell(new Akka.Cluster.Sharding.Passivate(EntityStop.Instance));

    private void Applied(object domainEvent)
    {
        _sinceSnapshot++;
        if (domainEvent is OwnershipTaken)
        {
            _owner = true;
            Epoch = LastSequenceNr;
            OwnershipApplied();
        }
        else
        {
            Apply(domainEvent);
        }
    }

    private void SaveSnapshotIfDue()
    {
        if (SnapshotEvery is not { } every || _sinceSnapshot < every || TakeSnapshot() is not { } snapshot) return;
        _sinceSnapshot = 0;
        SaveSnapshot(snapshot);
    }

    private void PersistAll(List<object> events, Action<object> written) => PersistAll<object>(events, written);
}
