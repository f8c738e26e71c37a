using System.Globalization;
using System.Text;

namespace Lightning.Actors.Charts;

/// <summary>Texts of others on one line of a terminal.</summary>
internal static class ChartText
{
    /// <summary>The text on one line: line breaks are spaces; what a terminal would obey, or show as nothing, stands as its number.</summary>
    public static string Harmless(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings(" ").EnumerateRunes())
        {
            if (IsHarmless(rune)) safe.Append(rune.ToString());
            else safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return safe.ToString();
    }

    /// <summary>The beginning of a text that is longer than <paramref name="length"/>, which the sign for the cut counts for.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        if (length <= 1) return length == 1 ? "…" : "";

        // Never between the halves of one character.
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end].TrimEnd() + "…";
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
