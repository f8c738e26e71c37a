namespace Lightning.TestKit.Exploration;

/// <summary>What came of a story.</summary>
/// <param name="Steps">How many of its steps did something, up to the one at which it went wrong.</param>
/// <param name="Failure">What went wrong; null for nothing.</param>
public sealed record ExploredStory(int Steps, ExplorationFailure? Failure);
