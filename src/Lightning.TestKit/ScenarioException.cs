namespace Lightning.TestKit;

/// <summary>A scenario did not go as it says it should. The message holds what was expected and, at its end, what happened before.</summary>
public sealed class ScenarioException : Exception
{
    /// <summary>With what was expected and found.</summary>
    public ScenarioException(string message)
        : base(message)
    {
    }

    /// <summary>With what was expected and found, and what caused it.</summary>
    public ScenarioException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
