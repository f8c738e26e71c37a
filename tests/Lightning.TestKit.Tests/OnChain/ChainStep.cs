namespace Lightning.TestKit.Tests.OnChain;

/// <summary>One step of a story on chain.</summary>
/// <param name="Code">The call, as one writes it: <c>ForceClose("alice")</c>.</param>
/// <param name="Do">The same.</param>
internal sealed record ChainStep(string Code, Func<ChainStory, Task> Do);
