using System.Text;

namespace Lightning.TestKit.Exploration;

/// <summary>A story in which something went wrong, made as short as could be.</summary>
/// <param name="Setup">Where it happened.</param>
/// <param name="Steps">What happened; without any of these steps all goes well.</param>
/// <param name="Message">What went wrong, with the chart of the short story.</param>
/// <param name="Original">How many steps the story had at first.</param>
public sealed record ExplorationFailure(ExplorationSetup Setup, IReadOnlyList<ExplorationStep> Steps, string Message, int Original)
{
    /// <summary>The story as the body of a test that fails in the same way.</summary>
    public string Code
    {
        get
        {
            var code = new StringBuilder();
            code.Append("await using var story = await ExploredNetwork.Begin(").Append(Setup.Code).Append(");\n");
            foreach (var step in Steps) code.Append("await story.").Append(step.Code).Append(";\n");
            return code.Append("await story.Finish();").ToString();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Message}\n\n{Steps.Count} of {Original} steps are left:\n\n{Code}\n");
}
