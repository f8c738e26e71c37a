namespace Lightning.Actors.Entities;

/// <summary>Tells waiting tasks that something may have changed. Costs nothing as long as nobody waits.</summary>
/// <param name="continuations">Whether what waits goes on in a thread of its own, or where it is told.</param>
internal sealed class Pulse(TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously)
{
    private TaskCompletionSource? _waiting;

    /// <summary>Completes with the next <see cref="Beat"/>. Take it before looking, then look, then wait.</summary>
    public Task Next
    {
        get
        {
            if (Volatile.Read(ref _waiting) is { } waiting) return waiting.Task;
            var fresh = new TaskCompletionSource(continuations);
            return (Interlocked.CompareExchange(ref _waiting, fresh, null) ?? fresh).Task;
        }
    }

    /// <summary>Something may have changed.</summary>
    public void Beat()
    {
        if (Volatile.Read(ref _waiting) is not null) Interlocked.Exchange(ref _waiting, null)?.SetResult();
    }
}
