using System.Text;

namespace Lightning.TestKit.Exploration;

/// <summary>How a story ended.</summary>
/// <param name="Steps">How many steps were done.</param>
/// <param name="Effective">How many of them did something.</param>
/// <param name="Message">What went wrong, and the chart; null for nothing.</param>
public sealed record ExplorationEnd(int Steps, int Effective, string? Message)
{
    /// <summary>What kind of thing went wrong: the message without numbers, names and the chart.</summary>
    public string Kind
    {
        get
        {
            var kind = new StringBuilder();
            foreach (var word in (Message ?? "").Split('\n')[0].Split(' '))
            {
                if (!word.Any(char.IsAsciiDigit) && word is not ("alice" or "bob" or "carol" or "alice:" or "bob:" or "carol:")) kind.Append(word).Append(' ');
            }

            return kind.ToString();
        }
    }
}
