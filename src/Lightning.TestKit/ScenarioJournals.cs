namespace Lightning.TestKit;

/// <summary>Where a network's journals are kept.</summary>
public enum ScenarioJournals
{
    /// <summary>In memory: fast.</summary>
    InMemory,

    /// <summary>In SQLite files of their own, deleted in the end.</summary>
    Sqlite,
}
