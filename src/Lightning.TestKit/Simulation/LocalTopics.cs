using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;

namespace Lightning.TestKit.Simulation;

/// <summary>Topics within one process.</summary>
internal sealed class LocalTopics : UntypedActor
{
    private readonly List<(string Topic, IActorRef Subscriber)> _subscribers = [];

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Subscribe subscribe:
                _subscribers.Add((subscribe.Topic, subscribe.Ref));
                break;
            case Publish publish:
                foreach (var (topic, subscriber) in _subscribers)
                {
                    if (topic == publish.Topic) subscriber.Tell(publish.Message, Sender);
                }

                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
