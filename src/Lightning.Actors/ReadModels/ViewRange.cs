namespace Lightning.Actors.ReadModels;

/// <summary>A stretch of a list. Found by two looks into an index by time, however long the list is.</summary>
/// <param name="First">The first index in it.</param>
/// <param name="Last">The last one; before <paramref name="First"/> where there is none.</param>
internal readonly record struct ViewRange(long First, long Last)
{
    /// <summary>The whole list.</summary>
    public static ViewRange All { get; } = new(0, long.MaxValue);

    /// <summary>Nothing.</summary>
    public static ViewRange None { get; } = new(1, 0);

    /// <summary>What of a list is from a stretch of time, both ends included.</summary>
    public static ViewRange Of(ViewDatabase database, string table, string index, string time, DateTimeOffset? from, DateTimeOffset? to)
    {
        var range = All;
        if (from is { } start)
        {
            if (One(database, $"SELECT {index} FROM {table} WHERE {time} >= @t ORDER BY {time}, {index} LIMIT 1", start) is not { } first) return None;
            range = range with { First = first };
        }

        if (to is { } end)
        {
            if (One(database, $"SELECT {index} FROM {table} WHERE {time} <= @t ORDER BY {time} DESC, {index} DESC LIMIT 1", end) is not { } last) return None;
            range = range with { Last = last };
        }

        return range;
    }

    /// <summary>What of it is behind an index, or before it; 0 is no index.</summary>
    public ViewRange Beyond(ulong offset, bool reversed) => offset == 0 ? this
        : reversed ? this with { Last = Math.Min(Last, Number(offset) - 1) }
        : this with { First = Math.Max(First, Number(offset) + 1) };

    private static long Number(ulong index) => (long)Math.Min(index, long.MaxValue - 1);

    private static long? One(ViewDatabase database, string sql, DateTimeOffset time) => database.Query(sql, static reader => (long?)reader.GetInt64(0), ("t", time.UtcTicks)).FirstOrDefault();
}
