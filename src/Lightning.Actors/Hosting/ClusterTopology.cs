using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Lightning.Actors.Entities;

namespace Lightning.Actors.Hosting;

/// <summary>A cluster, at first of one process: entities are sharded over it, singletons live on its oldest process.</summary>
internal sealed class ClusterTopology(ClusterSettings settings) : NodeTopology
{
    /// <summary>Restarts after trouble that many entities share are spread by up to this part of the pause.</summary>
    private const double Jitter = 0.2;

    /// <inheritdoc/>
    public override async Task JoinAsync(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        if (settings.Seeds.IsEmpty)
        {
            await cluster.JoinAsync(cluster.SelfAddress).ConfigureAwait(false);
            return;
        }

        var seeds = settings.Seeds.Select(seed => Address.Parse(string.Create(CultureInfo.InvariantCulture, $"akka.tcp://{system.Name}@{seed}")));
        await cluster.JoinSeedNodesAsync(seeds).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task<IActorRef> RegionAsync(ActorSystem system, string type, Func<string, Props> entity, IMessageExtractor extractor)
    {
        var sharding = ClusterSharding.Get(system);
        var shards = ClusterShardingSettings.Create(system);
        return sharding.StartAsync(
            type, id => Backoff.Supervise(entity(id), Jitter), shards, extractor, sharding.DefaultShardAllocationStrategy(shards), EntityStop.Instance);
    }

    /// <inheritdoc/>
    public override bool IsOneProcess(ActorSystem system) => Akka.Cluster.Cluster.Get(system).State.Members.Count <= 1;

    /// <inheritdoc/>
    public override IActorRef SingletonProxy(ActorSystem system, string name) => system.ActorOf(
        ClusterSingletonProxy.Props($"/user/{name}-manager", ClusterSingletonProxySettings.Create(system).WithSingletonName(name)), name);

    /// <inheritdoc/>
    public override void StartSingleton(ActorSystem system, string name, Props actor) => system.ActorOf(
        ClusterSingletonManager.Props(Backoff.Supervise(actor, Jitter), EntityStop.Instance, ClusterSingletonManagerSettings.Create(system).WithSingletonName(name)), $"{name}-manager");

    /// <inheritdoc/>
    public override IActorRef Topics(ActorSystem system) => DistributedPubSub.Get(system).Mediator;
}
