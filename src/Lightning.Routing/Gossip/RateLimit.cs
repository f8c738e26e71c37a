namespace Lightning.Routing.Gossip;

/// <summary>
/// A token bucket that fits into one number: the moment at which the bucket will be full again. It starts full, so zero is a full bucket, and nothing has to be
/// refilled by a timer.
/// </summary>
/// <param name="Interval">In this time one token comes back.</param>
/// <param name="Burst">So many tokens the bucket holds.</param>
public readonly record struct RateLimit(TimeSpan Interval, int Burst)
{
    /// <summary>Whether a token could be taken now.</summary>
    /// <param name="fullAt">The bucket: when it is full again, in milliseconds since 1970.</param>
    /// <param name="now">The time.</param>
    public bool HasToken(long fullAt, DateTimeOffset now) => Taken(fullAt, now, 1) <= Capacity;

    /// <summary>Takes tokens, all or none.</summary>
    /// <param name="fullAt">The bucket: when it is full again, in milliseconds since 1970.</param>
    /// <param name="now">The time.</param>
    /// <param name="count">How many.</param>
    /// <returns>False where there are not so many.</returns>
    public bool TryTake(ref long fullAt, DateTimeOffset now, int count = 1)
    {
        var taken = Taken(fullAt, now, count);
        if (taken > Capacity) return false;
        fullAt = now.ToUnixTimeMilliseconds() + taken;
        return true;
    }

    /// <summary>Takes tokens, also those that are not there yet.</summary>
    /// <param name="fullAt">The bucket: when it is full again, in milliseconds since 1970.</param>
    /// <param name="now">The time.</param>
    /// <param name="count">How many.</param>
    public void Take(ref long fullAt, DateTimeOffset now, int count) => fullAt = now.ToUnixTimeMilliseconds() + Taken(fullAt, now, count);

    private long Capacity => (long)Interval.TotalMilliseconds * Burst;

    // A clock that was set back must not keep a bucket empty for longer than it takes to fill.
    private long Taken(long fullAt, DateTimeOffset now, int count) =>
        Math.Clamp(fullAt - now.ToUnixTimeMilliseconds(), 0, Capacity) + ((long)Interval.TotalMilliseconds * count);
}
