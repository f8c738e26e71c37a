namespace Lightning.TestKit.Tests.OnChain;

/// <summary>Looks for ways in which closing a channel loses money: random stories of closes, cheats, crashes, reorganisations and fees. One that goes wrong is shortened and printed as code.</summary>
internal static class ChainExplorer
{
    private const int MostRuns = 150;

    /// <summary>Runs one story.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="steps">How many steps it has.</param>
    public static async Task<ChainEnd> Explore(int seed, int steps)
    {
        var setup = ChainTeller.Setup(seed);
        var end = await Run(setup, ChainTeller.Tell(seed, steps));
        return end.Message is null ? end : await Shrink(end);
    }

    /// <summary>Runs a story as it stands.</summary>
    public static async Task<ChainEnd> Run(ChainSetup setup, IReadOnlyList<ChainStep> steps)
    {
        var done = 0;
        ChainStory? story = null;
        try
        {
            story = await ChainStory.Begin(setup);
            await using (story)
            {
                foreach (var step in steps)
                {
                    done++;
                    await step.Do(story);
                }

                await story.Finish();
            }

            return new ChainEnd(setup, steps, story.Done, Message: null);
        }
        catch (Exception e)
        {
            return new ChainEnd(setup, [.. steps.Take(done)], story?.Done ?? [], e is ScenarioException ? e.Message : e.ToString());
        }
    }

    // Leaves out ever smaller pieces as long as the same thing goes wrong without them.
    private static async Task<ChainEnd> Shrink(ChainEnd failed)
    {
        var runs = 0;
        for (var size = failed.Steps.Count / 2; size > 0 && runs < MostRuns; size = size == 1 ? 0 : size / 2)
        {
            for (var at = 0; at < failed.Steps.Count && runs++ < MostRuns;)
            {
                var shorter = failed.Steps.ToList();
                shorter.RemoveRange(at, Math.Min(size, shorter.Count - at));
                var end = await Run(failed.Setup, shorter);
                if (end.Message is null || end.Kind != failed.Kind) at += size;
                else failed = end;
            }
        }

        return failed;
    }
}
