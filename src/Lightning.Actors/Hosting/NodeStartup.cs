using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Lightning.Actors.Entities;

namespace Lightning.Actors.Hosting;

/// <summary>Joins the cluster and starts the actors of one process of a node.</summary>
internal static class NodeStartup
{
    /// <summary>Completes when this process is a member and its actors are there.</summary>
    public static async Task StartAsync(ActorSystem system, NodeRuntime node)
    {
        await JoinAsync(system, node.Options.Cluster).ConfigureAwait(false);
    }

    private static async Task JoinAsync(ActorSystem system, ClusterSettings settings)
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

    private static Task<IActorRef> RegionAsync(ActorSystem system, string type, Func<string, Props> entity, IMessageExtractor extractor)
    {
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system);
        return sharding.StartAsync(
            type, id => Backoff.Supervise(entity(id)), settings, extractor, sharding.DefaultShardAllocationStrategy(settings), EntityStop.Instance);
    }

    private static IActorRef Singleton(ActorSystem system, string name, Props entity)
    {
        system.ActorOf(
            ClusterSingletonManager.Props(Backoff.Supervise(entity), EntityStop.Instance, ClusterSingletonManagerSettings.Create(system).WithSingletonName(name)), $"{name}-manager");
        return system.ActorOf(
            ClusterSingletonProxy.Props($"/user/{name}-manager", ClusterSingletonProxySettings.Create(system).WithSingletonName(name)), name);
    }
}
