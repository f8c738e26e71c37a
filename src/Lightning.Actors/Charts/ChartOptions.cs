namespace Lightning.Actors.Charts;

/// <summary>How a <see cref="SequenceChart"/> is drawn.</summary>
public sealed record ChartOptions
{
    /// <summary>Columns of the terminal. Texts that need more are cut; with very many participants the chart is wider all the same.</summary>
    public int Width { get; init; } = 120;

    /// <summary>How many entries are drawn, the last ones; null for all.</summary>
    public int? Last { get; init; }

    /// <summary>.NET format of the times in front, which are in UTC.</summary>
    public string TimeFormat { get; init; } = "HH:mm:ss.fff";
}
