using System.Text;

namespace Lightning.TestKit.Exploration;

/// <summary>How a story came to a bad end.</summary>
/// <param name="Steps">How many steps were done.</param>
/// <param name="Message">What went wrong, and the chart.</param>
public sealed record ExplorationEnd(int Steps, string Message)
{
    /// <summary>What kind of thing went wrong: the message without numbers, names and the chart.</summary>
    public string Kind
    {
        get
        {
            var kind = new StringBuilder();
            foreach (var word in Message.Split('\n')[0].Split(' '))
            {
                if (!word.Any(char.IsAsciiDigit) && word is not ("alice" or "bob" or "carol" or "alice:" or "bob:" or "carol:")) kind.Append(word).Append(' ');
            }

            return kind.ToString();
        }
    }
}
