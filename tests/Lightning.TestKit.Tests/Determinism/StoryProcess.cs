using System.Globalization;

namespace Lightning.TestKit.Tests.Determinism;

/// <summary>These tests' assembly as a program: tells the story of a seed, and writes its record.</summary>
internal static class StoryProcess
{
    /// <summary>The arguments that stand for these options.</summary>
    public static string[] Arguments(ScenarioOptions options) =>
        [options.Seed.ToString(CultureInfo.InvariantCulture), options.IsShuffled ? "shuffled" : "ordered", options.Journals.ToString()];

    /// <summary>Runs it.</summary>
    public static async Task Main(string[] arguments)
    {
        var options = new ScenarioOptions
        {
            Seed = int.Parse(arguments[0], CultureInfo.InvariantCulture), IsShuffled = arguments[1] == "shuffled", Journals = Enum.Parse<ScenarioJournals>(arguments[2]),
        };
        foreach (var line in await SeededStory.Tell(options)) await Console.Out.WriteLineAsync(line);
    }
}
