namespace Lightning.TestKit.Exploration;

/// <summary>One step of a story.</summary>
/// <param name="Code">The call, as one writes it: <c>Pay(1, "alice", "bob", 5_000)</c>.</param>
/// <param name="Do">The same.</param>
public sealed record ExplorationStep(string Code, Func<ExploredNetwork, Task> Do)
{
    /// <inheritdoc/>
    public override string ToString() => Code;
}
