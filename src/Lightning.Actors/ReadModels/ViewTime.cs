namespace Lightning.Actors.ReadModels;

/// <summary>Times by which lists are searched. They rise with the list, so that a stretch of time is a stretch of the list.</summary>
internal static class ViewTime
{
    // Processes' clocks differ, and what is asked for first may be written last.
    private static readonly long Disorder = TimeSpan.FromMinutes(1).Ticks;

    /// <summary>The time of a list's next entry: its own, or that of the entry before where that is a little later. A clock that was set back is believed.</summary>
    /// <param name="last">Of the entry before, in ticks.</param>
    /// <param name="own">Of the next one.</param>
    public static long After(long last, long own) => own < last && last - own <= Disorder ? last : own;
}
