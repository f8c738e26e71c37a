using System.Globalization;
using System.Text;

namespace Lightning.Actors.Charts;

/// <summary>Writes a chart in Mermaid's language.</summary>
internal static class MermaidChart
{
    /// <summary>All that may stand in a text besides letters, digits and spaces; anything else could be Mermaid's own and is written as its number.</summary>
    private const string Plain = ".,-_()[]/+='!?‹›…→×";

    /// <summary>Writes the last entries that the options ask for.</summary>
    public static string Draw(IReadOnlyList<string> participants, List<ChartEntry> entries, ChartOptions options)
    {
        var earlier = options.Last is { } last ? Math.Max(0, entries.Count - Math.Max(0, last)) : 0;
        var lines = new List<string>(entries.Count - earlier + participants.Count + 2) { "sequenceDiagram" };
        for (var i = 0; i < participants.Count; i++) lines.Add($"    participant {Alias(i)} as {Escape(participants[i])}");
        if (earlier > 0) lines.Add(Across(participants.Count, string.Create(CultureInfo.InvariantCulture, $"... {earlier} earlier")));
        foreach (var entry in entries[earlier..])
        {
            var text = Escape(Labelled(entry, options));
            lines.Add(entry switch
            {
                ChartEntry.Arrow arrow => $"    {Alias(arrow.From)}{Shaft(arrow.Kind)}{Alias(arrow.To)}: {text}",
                ChartEntry.Note note => $"    Note over {Alias(note.Participant)}: {text}",
                _ => Across(participants.Count, text),
            });
        }

        return string.Join('\n', lines);
    }

    private static string Alias(int participant) => string.Create(CultureInfo.InvariantCulture, $"p{participant}");

    private static string Shaft(ArrowKind kind) => kind switch
    {
        ArrowKind.Lost => "--x",
        ArrowKind.Internal => "-->>",
        _ => "->>",
    };

    // Without participants there is nothing to stand over.
    private static string Across(int participants, string text) => participants switch
    {
        0 => $"    %% {text}",
        1 => $"    Note over {Alias(0)}: {text}",
        _ => $"    Note over {Alias(0)},{Alias(participants - 1)}: {text}",
    };

    private static string Labelled(ChartEntry entry, ChartOptions options)
    {
        var time = entry.At?.UtcDateTime.ToString(options.TimeFormat, CultureInfo.InvariantCulture);
        var number = entry.Number?.ToString(CultureInfo.InvariantCulture);
        return string.Join(' ', new[] { number, time, entry.Text }.Where(static part => !string.IsNullOrEmpty(part)));
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value == ' ' || (rune.IsBmp && Plain.Contains((char)rune.Value, StringComparison.Ordinal))) escaped.Append(rune.ToString());
            else escaped.Append(CultureInfo.InvariantCulture, $"#{rune.Value};");
        }

        // Mermaid wants a text.
        return string.IsNullOrWhiteSpace(text) ? "-" : escaped.ToString();
    }
}
