namespace Lightning.TestKit.Simulation;

/// <summary>
/// The one clock of a simulation: it stands still until it is told to go on, and then goes from timer to timer. The actors' schedulers and every
/// <see cref="TimeProvider"/> of the simulation are views of it. Timers are started and stopped from any thread; they fire where it is moved.
/// </summary>
internal sealed class VirtualTime
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Entry, (long Due, long Order)> _entries = new();
    private long _now;
    private long _order;

    /// <summary>What the calendars show when it begins.</summary>
    public static DateTimeOffset Epoch { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _now));

    /// <summary>Calls back after a while.</summary>
    /// <param name="delay">From now; what is past is due at once, but never before this method returns.</param>
    /// <param name="action">What is done, by whoever moves the clock.</param>
    /// <param name="isObsolete">Asked before the clock moves for it; null for never.</param>
    public Entry Schedule(TimeSpan delay, Action action, Func<bool>? isObsolete = null)
    {
        var entry = new Entry(action, isObsolete);
        lock (_gate)
        {
            entry.Due = _now + Math.Max(0, delay.Ticks);
            _entries.Enqueue(entry, (entry.Due, _order++));
        }

        return entry;
    }

    /// <summary>When the next timer is due, since the beginning; null when there is none.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_gate) return Peek() is { } next ? TimeSpan.FromTicks(next.Due) : null;
        }
    }

    /// <summary>Goes on to the next timer and fires it, unless it lies beyond <paramref name="limit"/> (since the beginning).</summary>
    public bool TryFireNext(TimeSpan limit)
    {
        Entry? next;
        lock (_gate)
        {
            next = Peek();
            if (next is null || next.Due > limit.Ticks) return false;
            _entries.Dequeue();
            Volatile.Write(ref _now, Math.Max(_now, next.Due));
        }

        next.Fire();
        return true;
    }

    /// <summary>Goes on to a moment at which nothing need be due.</summary>
    public void GoTo(TimeSpan elapsed)
    {
        lock (_gate) Volatile.Write(ref _now, Math.Max(_now, elapsed.Ticks));
    }

    private Entry? Peek()
    {
        while (_entries.TryPeek(out var next, out _))
        {
            if (!next.IsObsolete) return next;
            _entries.Dequeue();
        }

        return null;
    }

    /// <summary>Something that is to happen.</summary>
    internal sealed class Entry(Action action, Func<bool>? isObsolete)
    {
        private int _isDone;

        /// <summary>When, in ticks since the beginning.</summary>
        public long Due { get; set; }

        /// <summary>Whether it will not happen any more.</summary>
        public bool IsObsolete => Volatile.Read(ref _isDone) != 0 || isObsolete?.Invoke() == true;

        /// <summary>It shall not happen.</summary>
        public void Cancel() => Volatile.Write(ref _isDone, 1);

        /// <summary>It happens, once.</summary>
        public void Fire()
        {
            if (Interlocked.Exchange(ref _isDone, 1) == 0) action();
        }
    }
}
