using Akka.Actor;
using Lightning.Actors.Entities;

namespace Lightning.TestKit.Simulation;

/// <summary>The way to an actor of which a node has one; keeps what comes before it is started.</summary>
internal sealed class SingletonPlace : UntypedActor
{
    private readonly List<(object Message, IActorRef Sender)> _early = [];
    private IActorRef? _actor;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Begin begin:
                _actor = Context.ActorOf(Backoff.Supervise(begin.Actor, jitter: 0), "actor");
                foreach (var (early, sender) in _early) _actor.Tell(early, sender);
                _early.Clear();
                break;
            case var _ when _actor is { } actor:
                actor.Forward(message);
                break;
            default:
                _early.Add((message, Sender));
                break;
        }
    }

    /// <summary>Starts it.</summary>
    internal sealed record Begin(Props Actor);
}
