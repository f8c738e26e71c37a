using System.Globalization;

namespace Lightning.Actors.Charts;

/// <summary>Draws a chart of fixed width: lifelines downwards, arrows between them.</summary>
internal sealed class TextChart
{
    /// <summary>Columns that an arrow takes beside its text: two dashes, a space, the text, a space, two dashes, its head, the lifeline.</summary>
    private const int AroundArrow = 8;

    /// <summary>The same without any dash to spare.</summary>
    private const int LeastAroundArrow = 6;

    /// <summary>Columns between a lifeline and the one after a note: two spaces and a lifeline.</summary>
    private const int AroundNote = 3;

    private const int LeastGap = 12;
    private const int LongestName = 24;

    private readonly string[] _names;
    private readonly IReadOnlyList<ChartEntry> _entries;
    private readonly ChartOptions _options;
    private readonly int _numberWidth;
    private readonly int _timeWidth;

    /// <summary>Column of each lifeline.</summary>
    private readonly int[] _at;

    /// <summary>First column after the numbers and times.</summary>
    private readonly int _left;

    /// <summary>Where the chart ends.</summary>
    private readonly int _right;

    private TextChart(IReadOnlyList<string> participants, IReadOnlyList<ChartEntry> entries, ChartOptions options)
    {
        _names = [.. participants.Select(static name => ChartText.Cut(name, LongestName))];
        (_entries, _options) = (entries, options);
        _numberWidth = entries.Max(static entry => Number(entry).Length as int?) ?? 0;
        _timeWidth = entries.Max(entry => Time(entry).Length as int?) ?? 0;
        _left = (_numberWidth > 0 ? _numberWidth + 2 : 0) + (_timeWidth > 0 ? _timeWidth + 2 : 0);
        (_at, _right) = Place();
    }

    /// <summary>Draws the last entries that the options ask for.</summary>
    public static string Draw(IReadOnlyList<string> participants, List<ChartEntry> entries, ChartOptions options)
    {
        var earlier = options.Last is { } last ? Math.Max(0, entries.Count - Math.Max(0, last)) : 0;
        var chart = new TextChart(participants, entries[earlier..], options);
        var lines = new List<string>(entries.Count - earlier + 2);
        if (participants.Count > 0) lines.Add(chart.Header());
        if (earlier > 0) lines.Add(string.Create(CultureInfo.InvariantCulture, $"... {earlier} earlier"));
        foreach (var entry in chart._entries) lines.Add(chart.Line(entry));
        return string.Join('\n', lines);
    }

    private static string Number(ChartEntry entry) => entry.Number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private string Time(ChartEntry entry) => entry.At?.UtcDateTime.ToString(_options.TimeFormat, CultureInfo.InvariantCulture) ?? "";

    private (int[] At, int Right) Place()
    {
        if (_names.Length == 0) return ([], Math.Max(_left + LeastGap, _options.Width));
        var least = new int[_names.Length];
        for (var i = 0; i + 1 < _names.Length; i++) least[i] = Math.Max(LeastGap, (_names[i].Length / 2) + ((_names[i + 1].Length + 1) / 2) + 2);
        least[^1] = (_names[^1].Length / 2) + 1;
        var first = _left + ((_names[0].Length - 1) / 2);
        var gaps = Narrow(Wanted(least), least, _options.Width - first);
        var at = new int[_names.Length];
        at[0] = first;
        for (var i = 1; i < at.Length; i++) at[i] = at[i - 1] + gaps[i - 1];
        return (at, at[^1] + gaps[^1]);
    }

    /// <summary>How far each lifeline is from the next, and the last from the end, so that no text is cut.</summary>
    private int[] Wanted(int[] least)
    {
        int[] gaps = [.. least];
        foreach (var entry in _entries)
        {
            if (!IsBeside(entry)) continue;
            var participant = ParticipantOf(entry);
            gaps[participant] = Math.Max(gaps[participant], Besides(entry).Length + AroundNote);
        }

        // The narrow ones first: what they need, the wide ones need not ask for.
        foreach (var arrow in _entries.OfType<ChartEntry.Arrow>().Where(static arrow => arrow.From != arrow.To).OrderBy(static arrow => Math.Abs(arrow.From - arrow.To)))
        {
            var (start, end) = (Math.Min(arrow.From, arrow.To), Math.Max(arrow.From, arrow.To));
            var missing = arrow.Text.Length + AroundArrow - gaps[start..end].Sum();
            for (var i = start; i < end && missing > 0; i++)
            {
                var share = (missing + (end - i) - 1) / (end - i);
                gaps[i] += share;
                missing -= share;
            }
        }

        return gaps;
    }

    /// <summary>Takes from the widest gaps until all of them fit.</summary>
    private static int[] Narrow(int[] gaps, int[] least, int available)
    {
        for (var most = gaps.Max(); gaps.Sum() > available && most > 1; most--)
        {
            for (var i = 0; i < gaps.Length; i++) gaps[i] = Math.Max(least[i], Math.Min(gaps[i], most));
        }

        return gaps;
    }

    private static bool IsBeside(ChartEntry entry) => entry is ChartEntry.Note || (entry is ChartEntry.Arrow arrow && arrow.From == arrow.To);

    private static int ParticipantOf(ChartEntry entry) => entry switch
    {
        ChartEntry.Note note => note.Participant,
        ChartEntry.Arrow arrow => arrow.From,
        _ => 0,
    };

    /// <summary>What stands beside a lifeline: a note, or an arrow to where it came from.</summary>
    private static string Besides(ChartEntry entry) => entry is ChartEntry.Arrow arrow ? (arrow.Kind == ArrowKind.Lost ? "✗ " : "↻ ") + arrow.Text : entry.Text;

    private string Header()
    {
        var line = Enumerable.Repeat(' ', _right + LongestName).ToArray();
        if (_timeWidth > 0) "UTC".CopyTo(line.AsSpan(_left - _timeWidth - 2));
        for (var i = 0; i < _names.Length; i++) _names[i].CopyTo(line.AsSpan(_at[i] - ((_names[i].Length - 1) / 2)));
        return new string(line).TrimEnd();
    }

    private string Line(ChartEntry entry)
    {
        var line = Enumerable.Repeat(' ', _right + 1).ToArray();
        if (_numberWidth > 0) Number(entry).PadLeft(_numberWidth).CopyTo(line);
        if (_timeWidth > 0) Time(entry).CopyTo(line.AsSpan(_left - _timeWidth - 2));
        if (entry is ChartEntry.Divider)
        {
            Fill(line.AsSpan(_left, _right - _left), '═', entry.Text, _right - _left - 4);
            return new string(line).TrimEnd();
        }

        foreach (var column in _at) line[column] = '│';
        if (IsBeside(entry)) Draw(line, entry);
        else Draw(line, (ChartEntry.Arrow)entry);
        return new string(line).TrimEnd();
    }

    private void Draw(char[] line, ChartEntry entry)
    {
        var column = _at[ParticipantOf(entry)];
        var next = ParticipantOf(entry) + 1 < _at.Length ? _at[ParticipantOf(entry) + 1] : _right + 1;
        var text = Besides(entry);
        var room = Math.Max(0, next - column - AroundNote);
        if (entry is ChartEntry.Note && text.Length > room && room > 2) text = ChartText.Cut(text[..^1], room - 1) + text[^1];
        ChartText.Cut(text, room).CopyTo(line.AsSpan(column + 2));
    }

    private void Draw(char[] line, ChartEntry.Arrow arrow)
    {
        var isToTheRight = arrow.From < arrow.To;
        var (start, end) = (_at[Math.Min(arrow.From, arrow.To)] + 1, _at[Math.Max(arrow.From, arrow.To)] - 1);
        var shaft = isToTheRight ? line.AsSpan(start..end) : line.AsSpan((start + 1)..(end + 1));
        var dash = arrow.Kind == ArrowKind.Internal ? '┄' : '─';
        Fill(shaft, dash, arrow.Text, end - start + 2 - LeastAroundArrow);
        foreach (var column in _at)
        {
            if (column >= start && column <= end && line[column] == dash) line[column] = '┼';
        }

        line[isToTheRight ? end : start] = arrow.Kind == ArrowKind.Lost ? '✗' : isToTheRight ? '>' : '<';
    }

    private static void Fill(Span<char> span, char dash, string text, int longest)
    {
        span.Fill(dash);
        if (text.Length == 0) return;
        var padded = $" {ChartText.Cut(text, longest)} ";
        if (padded.Length <= span.Length) padded.CopyTo(span[((span.Length - padded.Length) / 2)..]);
    }
}
