namespace Lightning.Node.Commands;

/// <summary>What a command works with besides its arguments, so that tests can put others in their place.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Messages.</param>
/// <param name="Environment">Environment variables.</param>
public sealed record CommandContext(TextWriter Output, TextWriter Error, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Whether a person is there to answer a question.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Where answers come from.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>The process's own.</summary>
    public static CommandContext OfProcess() => new(
        Console.Out,
        Console.Error,
        System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal))
    {
        IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
        Input = Console.In,
    };
}
