using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Node;

/// <summary>What an entity says, as a stream.</summary>
internal static class Subscriptions
{
    private const int MaxWaiting = 64;

    /// <summary>Asks, and yields every answer. A slow listener misses states between, never the last one.</summary>
    /// <param name="node">The node.</param>
    /// <param name="region">Where the entity is reached.</param>
    /// <param name="first">Sent until there is an answer.</param>
    /// <param name="more">Sent from time to time then.</param>
    /// <param name="end">Sent when nobody listens any more.</param>
    /// <param name="cancellation">Ends the listening.</param>
    /// <exception cref="Api.LightningException">The entity refuses.</exception>
    public static async IAsyncEnumerable<TAnswer> ListenAsync<TAnswer>(
        NodeRuntime node, IActorRef region, object first, object more, object end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var answers = Channel.CreateBounded<object>(new BoundedChannelOptions(MaxWaiting)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
            AllowSynchronousContinuations = !node.Continuations.HasFlag(TaskCreationOptions.RunContinuationsAsynchronously),
        });
        var system = node.Actors.System;
        var actor = system.ActorOf(Subscription.For(region, first, more, end, answers.Writer));
        try
        {
            await foreach (var answer in answers.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                yield return answer is Refused refused ? throw refused.ToException() : (TAnswer)answer;
        }
        finally
        {
            system.Stop(actor);
        }
    }
}
