namespace Lightning.TestKit.Exploration;

/// <summary>
/// Looks for trouble that nobody has thought of: random stories of payments, deliveries, cuts, crashes and faults in small networks. A story follows from its seed alone;
/// one that goes wrong is shortened and printed as code.
/// </summary>
public static class ScenarioExplorer
{
    private const int MostRuns = 400;

    /// <summary>Runs one story.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="steps">How many steps it has.</param>
    /// <returns>How far it went, and what went wrong.</returns>
    public static async Task<ExploredStory> Explore(int seed, int steps)
    {
        var setup = StoryTeller.Setup(seed);
        var story = StoryTeller.Tell(seed, setup, steps);
        return await Explore(setup, story).ConfigureAwait(false);
    }

    /// <summary>Runs a story, and shortens it if it goes wrong.</summary>
    /// <param name="setup">Where it happens.</param>
    /// <param name="story">What happens.</param>
    /// <returns>How far it went, and what went wrong.</returns>
    public static async Task<ExploredStory> Explore(ExplorationSetup setup, IReadOnlyList<ExplorationStep> story)
    {
        var end = await Run(setup, story).ConfigureAwait(false);
        return new ExploredStory(end.Effective, end.Message is null ? null : await Shrink(setup, story, end).ConfigureAwait(false));
    }

    /// <summary>Runs a story as it stands.</summary>
    /// <returns>How far it went, and what went wrong.</returns>
    public static async Task<ExplorationEnd> Run(ExplorationSetup setup, IReadOnlyList<ExplorationStep> story)
    {
        ArgumentNullException.ThrowIfNull(story);
        var done = 0;
        ExploredNetwork? network = null;
        try
        {
            network = await ExploredNetwork.Begin(setup).ConfigureAwait(false);
            await using (network.ConfigureAwait(false))
            {
                foreach (var step in story)
                {
                    done++;
                    await step.Do(network).ConfigureAwait(false);
                }

                await network.Finish().ConfigureAwait(false);
            }

            return new ExplorationEnd(done, network.Steps, Message: null);
        }
#pragma warning disable CA1031 // Whatever goes wrong is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new ExplorationEnd(done, network?.Steps ?? 0, e is ScenarioException ? e.Message : e.ToString());
        }
    }

    // Leaves out ever smaller pieces as long as the same thing goes wrong without them.
    private static async Task<ExplorationFailure> Shrink(ExplorationSetup setup, IReadOnlyList<ExplorationStep> story, ExplorationEnd failed)
    {
        var left = story.Take(failed.Steps).ToList();
        var kind = failed.Kind;
        var runs = 0;
        for (var size = left.Count / 2; size > 0 && runs < MostRuns; size = size == 1 ? 0 : size / 2)
        {
            var at = 0;
            while (at < left.Count && runs++ < MostRuns)
            {
                var shorter = left.ToList();
                shorter.RemoveRange(at, Math.Min(size, left.Count - at));
                var end = await Run(setup, shorter).ConfigureAwait(false);
                if (end.Message is null || end.Kind != kind) at += size;
                else (left, failed) = ([.. shorter.Take(end.Steps)], end);
            }
        }

        return new ExplorationFailure(setup, left, failed.Message!, story.Count);
    }
}
