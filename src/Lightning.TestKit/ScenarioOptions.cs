using Lightning.Actors.Hosting;

namespace Lightning.TestKit;

/// <summary>How a network is made.</summary>
public sealed record ScenarioOptions
{
    /// <summary>Where journals are kept.</summary>
    public ScenarioJournals Journals { get; init; } = ScenarioJournals.InMemory;

    /// <summary>What connects nodes.</summary>
    public ScenarioLinks Links { get; init; } = ScenarioLinks.InMemory;

    /// <summary>What chance there is comes from here: keys, identifiers and, with <see cref="IsShuffled"/>, the order of things.</summary>
    public int Seed { get; init; }

    /// <summary>Whether things that are ready at the same moment happen in an order drawn from <see cref="Seed"/>, in place of a fixed one.</summary>
    public bool IsShuffled { get; init; }

    /// <summary>Changes what a node is told when it starts; the second argument is its name.</summary>
    public Func<LightningNodeOptions, string, LightningNodeOptions>? Configure { get; init; }
}
