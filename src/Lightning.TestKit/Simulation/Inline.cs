namespace Lightning.TestKit.Simulation;

/// <summary>Work that a node does away from its actors, done on the simulation's thread.</summary>
internal static class Inline
{
    /// <summary>Does it at once. What goes wrong is in the task, as it would be from the thread pool.</summary>
    public static Task<T> Run<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
#pragma warning disable CA1031 // Whoever awaits the task has it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Task.FromException<T>(e);
        }
    }
}
