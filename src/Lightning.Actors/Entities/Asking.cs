using Akka.Actor;

namespace Lightning.Actors.Entities;

/// <summary>Asks actors from outside, as Akka's own Ask does, but by the node's clock.</summary>
internal static class Asking
{
    /// <summary>Asks an actor, in this process or in another one.</summary>
    /// <param name="system">The actor system that the answer comes back to.</param>
    /// <param name="target">Whom.</param>
    /// <param name="question">What.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="time">The clock of <paramref name="timeout"/>.</param>
    /// <param name="continuations">Whether what waits for the answer goes on in a thread of its own, or where the answer arrives.</param>
    /// <param name="cancellation">Ends the waiting; what was asked for may still happen.</param>
    /// <returns>The answer. The cause of a <see cref="Status.Failure"/> comes as an exception.</returns>
    /// <exception cref="AskTimeoutException">There is no answer in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>; where it was canceled before, nothing is asked.</exception>
    public static async Task<object> AskAsync(
        ActorSystem system, ICanTell target, object question, TimeSpan timeout, TimeProvider time, TaskCreationOptions continuations, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var provider = ((ExtendedActorSystem)system).Provider;
        var answer = new TaskCompletionSource<object>(continuations);

        // Under its temporary name the answer finds it from another process too.
        var asker = provider.CreateFutureRef(answer);
        provider.RegisterTempActor(asker, asker.Path);
        try
        {
            using var limit = timeout == Timeout.InfiniteTimeSpan
                ? null
                : time.CreateTimer(_ => answer.TrySetException(new AskTimeoutException($"No answer within {timeout}.")), null, timeout, Timeout.InfiniteTimeSpan);
            using var canceled = cancellation.UnsafeRegister(static (state, token) => ((TaskCompletionSource<object>)state!).TrySetCanceled(token), answer);
            target.Tell(question, asker);
            return await answer.Task.ConfigureAwait(false);
        }
        finally
        {
            provider.UnregisterTempActor(asker.Path);
        }
    }
}
