using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Lightning.Actors.Entities;

namespace Lightning.Actors.ReadModels;

/// <summary>Tells whoever waits in this process that the lists have changed.</summary>
internal sealed class ViewsFollower : UntypedActor
{
    private readonly Pulse _pulse;

    /// <summary>Beats a pulse whenever the lists have changed.</summary>
    public ViewsFollower(IActorRef topics, Pulse pulse)
    {
        _pulse = pulse;
        topics.Tell(new Subscribe(ViewsActor.Topic, Self));
    }

    /// <summary>Beats a pulse whenever the lists have changed.</summary>
    public static Props Props(IActorRef topics, Pulse pulse) => ActorProps.Of<ViewsFollower>(topics, pulse);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is ViewsChanged) _pulse.Beat();
    }
}
