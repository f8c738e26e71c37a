using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Lightning.Bitcoin.Keys;

/// <summary>
/// Unicode's normalization form KD, which BIP 39 asks for. .NET's own returns the text unchanged where globalization is invariant, as it is here, and so
/// would give another seed, and another wallet, than everybody else's for a passphrase with an accent.
/// </summary>
internal static class CompatibilityDecomposition
{
    private const int HangulFirst = 0xAC00, HangulCount = 11172, LeadFirst = 0x1100, VowelFirst = 0x1161, TailFirst = 0x11A7, VowelCount = 21, TailCount = 28;

    private static readonly Lazy<(FrozenDictionary<int, int[]> Decompositions, FrozenDictionary<int, int> Classes)> Tables = new(Read);

    /// <summary>Normalizes.</summary>
    /// <exception cref="ArgumentException">The text is not valid Unicode.</exception>
    internal static string Apply(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var codes = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune)) throw new ArgumentException($"Character {i + 1} of the text is half of a surrogate pair.", nameof(text));
            if (!rune.IsBmp) i++;
            Decompose(rune.Value, codes);
        }

        Reorder(codes);
        var result = new StringBuilder(codes.Count);
        foreach (var code in codes) result.Append(new Rune(code).ToString());
        return result.ToString();
    }

    private static void Decompose(int code, List<int> into)
    {
        var syllable = code - HangulFirst;
        if (syllable is >= 0 and < HangulCount)
        {
            into.Add(LeadFirst + (syllable / (VowelCount * TailCount)));
            into.Add(VowelFirst + (syllable % (VowelCount * TailCount) / TailCount));
            if (syllable % TailCount != 0) into.Add(TailFirst + (syllable % TailCount));
        }
        else if (Tables.Value.Decompositions.TryGetValue(code, out var parts))
        {
            into.AddRange(parts);
        }
        else
        {
            into.Add(code);
        }
    }

    /// <summary>Sorts each run of combining marks by class; marks of one class keep their order.</summary>
    private static void Reorder(List<int> codes)
    {
        var classes = Tables.Value.Classes;
        for (var start = 0; start < codes.Count; start++)
        {
            var end = start;
            while (end < codes.Count && classes.ContainsKey(codes[end])) end++;
            if (end - start < 2) continue;
            var sorted = codes.GetRange(start, end - start).OrderBy(code => classes[code]).ToList();
            for (var i = 0; i < sorted.Count; i++) codes[start + i] = sorted[i];
            start = end;
        }
    }

    private static (FrozenDictionary<int, int[]> Decompositions, FrozenDictionary<int, int> Classes) Read()
    {
        static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var decompositions = new Dictionary<int, int[]>();
        var classes = new Dictionary<int, int>();
        foreach (var line in EmbeddedText.Lines("unicode-nfkd.txt"))
        {
            if (line.StartsWith('#')) continue;
            if (line.Split('=') is [var code, var parts])
            {
                decompositions.Add(Code(code), [.. parts.Split(' ').Select(Code)]);
            }
            else if (line.Split('-', ' ') is [var first, var last, var combiningClass])
            {
                for (var mark = Code(first); mark <= Code(last); mark++) classes.Add(mark, int.Parse(combiningClass, CultureInfo.InvariantCulture));
            }
        }

        return (decompositions.ToFrozenDictionary(), classes.ToFrozenDictionary());
    }
}
