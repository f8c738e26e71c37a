namespace Lightning.Node.Configuration;

/// <summary>Finds what somebody may have meant by a name that does not exist.</summary>
internal static class Suggestions
{
    private const int MostEdits = 2;

    /// <summary>"; perhaps you mean ..." for the known names that are near; empty where none is.</summary>
    public static string For(string written, IEnumerable<string> known)
    {
        var start = Normalized(written);
        var near = known.Where(name => IsNear(Normalized(name), start)).ToList();
        return near.Count == 0 ? "" : $"; perhaps you mean {string.Join(" or ", near)}";
    }

    /// <summary>A name without what people write in different ways: case, dashes, underscores.</summary>
    public static string Normalized(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static bool IsNear(string name, string written) =>
        name.StartsWith(written, StringComparison.Ordinal) || written.StartsWith(name, StringComparison.Ordinal) || Distance(name, written) <= MostEdits;

    // Edits between two names.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
