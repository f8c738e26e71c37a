using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Lightning.Actors.Hosting;

/// <summary>How the actors of one node are spread over its processes and reach each other there.</summary>
internal abstract class NodeTopology
{
    /// <summary>Whether this process is the only one of the node's, as far as it knows.</summary>
    public virtual bool IsOneProcess(ActorSystem system) => true;

    /// <summary>Makes this process one of the node's.</summary>
    public abstract Task JoinAsync(ActorSystem system);

    /// <summary>The way to all entities of a kind, each started by its first message and again whenever it stops for any reason but <see cref="Entities.EntityStop"/>.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="type">The kind.</param>
    /// <param name="entity">An entity by its name.</param>
    /// <param name="extractor">Finds the entity that a message is for.</param>
    public abstract Task<IActorRef> RegionAsync(ActorSystem system, string type, Func<string, Props> entity, IMessageExtractor extractor);

    /// <summary>The way to an actor of which the node has one.</summary>
    public abstract IActorRef SingletonProxy(ActorSystem system, string name);

    /// <summary>Starts that actor where it belongs, once all that it sends to is there.</summary>
    public abstract void StartSingleton(ActorSystem system, string name, Props actor);

    /// <summary>Takes <see cref="Akka.Cluster.Tools.PublishSubscribe.Subscribe"/> and <see cref="Akka.Cluster.Tools.PublishSubscribe.Publish"/>: what is published reaches every process, or is lost.</summary>
    public abstract IActorRef Topics(ActorSystem system);
}
