namespace Lightning.Actors.Charts;

/// <summary>
/// What went on between some participants, as a chart: arrows, notes and dividers in the order they are added, for a terminal (<see cref="ToText"/>) or as a
/// Mermaid diagram (<see cref="ToMermaid"/>). Texts may be anybody's: what a terminal or Mermaid would obey is made harmless. Not thread-safe.
/// </summary>
public sealed class SequenceChart
{
    private readonly List<string> _participants = [];
    private readonly List<ChartEntry> _entries = [];

    /// <summary>A chart without entries.</summary>
    /// <param name="participants">The first columns from the left; others follow in the order of their first use.</param>
    public SequenceChart(params IEnumerable<string> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        foreach (var name in participants) IndexOf(name);
    }

    /// <summary>The participants, from the left.</summary>
    public IReadOnlyList<string> Participants => _participants;

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds an arrow.</summary>
    /// <param name="from">Who sends.</param>
    /// <param name="to">To whom; perhaps the same.</param>
    /// <param name="text">What.</param>
    /// <param name="kind">What it stands for.</param>
    /// <param name="at">When; null for no time.</param>
    /// <param name="number">A number to stand in front; null for none.</param>
    /// <returns>This chart.</returns>
    public SequenceChart Arrow(string from, string to, string text, ArrowKind kind = ArrowKind.Message, DateTimeOffset? at = null, long? number = null) =>
        Add(new ChartEntry.Arrow(IndexOf(from), IndexOf(to), ChartText.Harmless(text), kind, at, number));

    /// <summary>Adds a note at one participant.</summary>
    /// <param name="participant">Where.</param>
    /// <param name="text">What.</param>
    /// <param name="kind">What it stands for.</param>
    /// <param name="at">When; null for no time.</param>
    /// <param name="number">A number to stand in front; null for none.</param>
    /// <returns>This chart.</returns>
    public SequenceChart Note(string participant, string text, NoteKind kind = NoteKind.Remark, DateTimeOffset? at = null, long? number = null)
    {
        var (open, close) = kind switch
        {
            NoteKind.Event => ('[', ']'),
            NoteKind.Action => ('(', ')'),
            _ => ('‹', '›'),
        };
        return Add(new ChartEntry.Note(IndexOf(participant), $"{open}{ChartText.Harmless(text)}{close}", at, number));
    }

    /// <summary>Adds a line across all participants, such as <c>block 112</c> or <c>bob restarts</c>.</summary>
    /// <param name="text">What.</param>
    /// <param name="at">When; null for no time.</param>
    /// <param name="number">A number to stand in front; null for none.</param>
    /// <returns>This chart.</returns>
    public SequenceChart Divider(string text, DateTimeOffset? at = null, long? number = null) => Add(new ChartEntry.Divider(ChartText.Harmless(text), at, number));

    /// <summary>The chart for a terminal: one column per participant, lines without trailing spaces, separated by <c>\n</c>.</summary>
    /// <param name="options">How; null for the defaults.</param>
    public string ToText(ChartOptions? options = null) => TextChart.Draw(_participants, _entries, options ?? new ChartOptions());

    /// <summary>The chart as a Mermaid <c>sequenceDiagram</c>, lines separated by <c>\n</c>.</summary>
    /// <param name="options">How; null for the defaults. The width does not matter.</param>
    public string ToMermaid(ChartOptions? options = null) => MermaidChart.Draw(_participants, _entries, options ?? new ChartOptions());

    /// <inheritdoc/>
    public override string ToString() => ToText();

    private SequenceChart Add(ChartEntry entry)
    {
        _entries.Add(entry);
        return this;
    }

    private int IndexOf(string participant)
    {
        ArgumentNullException.ThrowIfNull(participant);
        var name = ChartText.Harmless(participant);
        var index = _participants.IndexOf(name);
        if (index >= 0) return index;
        _participants.Add(name);
        return _participants.Count - 1;
    }
}
