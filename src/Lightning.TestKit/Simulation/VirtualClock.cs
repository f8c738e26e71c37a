namespace Lightning.TestKit.Simulation;

/// <summary>One node's clock on the wall. It may be set: timers do not care, what reads the calendar does.</summary>
internal sealed class VirtualClock(VirtualTime time) : TimeProvider
{
    private TimeSpan _offset;

    /// <summary>How far it is ahead of the others; negative when behind.</summary>
    public TimeSpan Offset
    {
        get => _offset;
        set => _offset = value;
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => VirtualTime.Epoch + time.Elapsed + _offset;

    /// <inheritdoc/>
    public override long GetTimestamp() => time.Elapsed.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(time, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private readonly Lock _gate = new();
        private VirtualTime.Entry? _entry;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                _entry?.Cancel();
                _period = period;
                _entry = dueTime == Timeout.InfiniteTimeSpan ? null : time.Schedule(dueTime, Fire);
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire()
        {
            lock (_gate) _entry = _period > TimeSpan.Zero ? time.Schedule(_period, Fire) : null;
            callback(state);
        }
    }
}
