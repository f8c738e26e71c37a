namespace Lightning.Actors.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Text">What it says, safe to print.</param>
/// <param name="At">When it happened; null where nobody knows.</param>
/// <param name="Number">Its number in the source; null for none.</param>
internal abstract record ChartEntry(string Text, DateTimeOffset? At, long? Number)
{
    /// <summary>From one participant to another, or to itself.</summary>
    /// <param name="From">Index of the participant.</param>
    /// <param name="To">Index of the participant.</param>
    /// <param name="Text">What it says.</param>
    /// <param name="Kind">What it stands for.</param>
    /// <param name="At">When.</param>
    /// <param name="Number">Its number.</param>
    public sealed record Arrow(int From, int To, string Text, ArrowKind Kind, DateTimeOffset? At, long? Number) : ChartEntry(Text, At, Number);

    /// <summary>At one participant.</summary>
    /// <param name="Participant">Index of the participant.</param>
    /// <param name="Text">What it says, with the marks of its kind.</param>
    /// <param name="At">When.</param>
    /// <param name="Number">Its number.</param>
    public sealed record Note(int Participant, string Text, DateTimeOffset? At, long? Number) : ChartEntry(Text, At, Number);

    /// <summary>Across all participants.</summary>
    /// <param name="Text">What it says.</param>
    /// <param name="At">When.</param>
    /// <param name="Number">Its number.</param>
    public sealed record Divider(string Text, DateTimeOffset? At, long? Number) : ChartEntry(Text, At, Number);
}
