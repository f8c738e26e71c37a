using Akka.Actor;
using Akka.Cluster.Sharding;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;

namespace Lightning.TestKit.Simulation;

/// <summary>A node in one process without a cluster: entities are children of one parent each kind, singletons plain actors.</summary>
/// <param name="seen">Is shown what is sent to entities, when it is sent.</param>
internal sealed class SimulatedTopology(Action<object> seen) : NodeTopology
{
    private readonly Dictionary<string, IActorRef> _places = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override Task JoinAsync(ActorSystem system) => Task.CompletedTask;

    /// <inheritdoc/>
    public override Task<IActorRef> RegionAsync(ActorSystem system, string type, Func<string, Props> entity, IMessageExtractor extractor) =>
        Task.FromResult<IActorRef>(new ShownRef(system.ActorOf(ActorProps.Of<EntityParent>(entity, extractor), type), ((ExtendedActorSystem)system).Provider, seen));

    /// <inheritdoc/>
    public override IActorRef SingletonProxy(ActorSystem system, string name) => _places[name] = system.ActorOf(ActorProps.Of<SingletonPlace>(), name);

    /// <inheritdoc/>
    public override void StartSingleton(ActorSystem system, string name, Props actor) => _places[name].Tell(new SingletonPlace.Begin(actor));

    /// <inheritdoc/>
    public override IActorRef Topics(ActorSystem system) => system.ActorOf(ActorProps.Of<LocalTopics>(), "topics");
}
