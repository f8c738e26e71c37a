namespace Lightning.Bitcoin.Keys;

/// <summary>Text files inside of the assembly.</summary>
internal static class EmbeddedText
{
    /// <summary>The lines of a file of this folder.</summary>
    internal static IEnumerable<string> Lines(string name)
    {
        var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly was built without {name}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
