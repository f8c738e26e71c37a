using Akka.Actor;
using Akka.Cluster.Sharding;
using Lightning.Actors.Entities;

namespace Lightning.TestKit.Simulation;

/// <summary>The entities of one kind: what a shard region is in a cluster.</summary>
internal sealed class EntityParent(Func<string, Props> entity, IMessageExtractor extractor) : UntypedActor
{
    private readonly Dictionary<IActorRef, string> _names = [];
    private readonly Dictionary<string, List<(object Message, IActorRef Sender)>> _ending = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Passivate passivate when _names.TryGetValue(Sender, out var name):
                // What comes from here on is for its next life.
                if (_ending.TryAdd(name, [])) Sender.Tell(passivate.StopMessage);
                break;
            case Passivate:
                break;
            case Terminated ended:
                if (!_names.Remove(ended.ActorRef, out var gone) || !_ending.Remove(gone, out var waiting)) break;
                foreach (var (late, sender) in waiting) Deliver(gone, late, sender);
                break;
            default:
                if (extractor.EntityId(message) is { } id) Deliver(id, message, Sender);
                else Unhandled(message);
                break;
        }
    }

    private void Deliver(string name, object message, IActorRef sender)
    {
        if (_ending.TryGetValue(name, out var waiting))
        {
            waiting.Add((message, sender));
            return;
        }

        var child = Context.Child(name);
        if (child.IsNobody())
        {
            child = Context.Watch(Context.ActorOf(Backoff.Supervise(entity(name), jitter: 0), name));
            _names[child] = name;
        }

        child.Tell(message, sender);
    }
}
