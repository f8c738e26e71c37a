using System.Text;

namespace Lightning.TestKit.Tests.OnChain;

/// <summary>How a story on chain ended.</summary>
/// <param name="Setup">Where it happened.</param>
/// <param name="Steps">What happened.</param>
/// <param name="Done">How many steps of each name did something.</param>
/// <param name="Message">What went wrong, and the chart; null for nothing.</param>
internal sealed record ChainEnd(ChainSetup Setup, IReadOnlyList<ChainStep> Steps, IReadOnlyDictionary<string, int> Done, string? Message)
{
    /// <summary>What kind of thing went wrong: the first line without numbers and names.</summary>
    public string Kind => string.Join(' ', (Message ?? "").Split('\n')[0].Split(' ').Where(static word => !word.Any(char.IsAsciiDigit) && word is not ("alice" or "bob")));

    /// <summary>The story as the body of a test that ends in the same way.</summary>
    public string Code
    {
        get
        {
            var code = new StringBuilder();
            code.Append("await using var story = await ChainStory.Begin(").Append(Setup.Code).Append(");\n");
            foreach (var step in Steps) code.Append("await story.").Append(step.Code).Append(";\n");
            return code.Append("await story.Finish();").ToString();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Message}\n\n{Code}\n";
}
