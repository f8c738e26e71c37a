using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Invoices;
using Lightning.Actors.Payments;
using Lightning.Actors.Peers;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Registry;
using Lightning.Actors.Routing;
using Lightning.Actors.Wallet;

namespace Lightning.Actors.Hosting;

/// <summary>Joins the cluster and starts the actors of one process of a node.</summary>
internal static class NodeStartup
{
    /// <summary>Completes when this process is a member and its actors are there.</summary>
    public static async Task StartAsync(ActorSystem system, NodeRuntime node)
    {
        var shards = node.Options.Cluster.Shards;
        await JoinAsync(system, node.Options.Cluster).ConfigureAwait(false);
        node.Actors = new NodeActors
        {
            System = system,
            Peers = await RegionAsync(system, "peer", id => PeerActor.Props(node, id), new EntityExtractor(shards)).ConfigureAwait(false),
            Channels = await RegionAsync(system, "channel", id => ChannelActor.Props(node, id), new ChannelExtractor(shards)).ConfigureAwait(false),
            Payments = await RegionAsync(system, "payment", id => PaymentActor.Props(id, PaymentServices.Of(node)), new EntityExtractor(shards)).ConfigureAwait(false),
            Invoices = await RegionAsync(system, "invoice", id => InvoiceActor.Props(id, InvoiceServices.Of(node)), new EntityExtractor(shards)).ConfigureAwait(false),
            Registry = Proxy(system, "registry"),
            ChainMonitor = system.ActorOf(ChainClient.Props(node, Proxy(system, "chain")), "chain-client"),
            Wallet = Proxy(system, "wallet"),
            Connections = system.ActorOf(ConnectionsActor.Props(node), "connections"),
            Router = system.ActorOf(RouterActor.Props(RouterServices.Of(node)).WithDispatcher(RouterActor.Dispatcher), "router"),
            Views = Proxy(system, "views"),
        };
        // From here on entities may start: everything that they send to is there.
        Singleton(system, "registry", ChannelRegistry.Props(node));
        Singleton(system, "chain", ChainMonitor.Props(node.Chain));
        Singleton(system, "wallet", WalletActor.Props(node));
        Singleton(system, "views", ViewsActor.Props(node.Views, node.Time, () => node.Actors.Payments));
        system.ActorOf(ViewsFollower.Props(node.ViewsPulse), "views-follower");
        foreach (var endPoint in node.Options.Listen)
        {
            var listening = await node.Actors.Connections.Ask<ConnectionsActor.Listening>(new ConnectionsActor.Listen(endPoint), TimeSpan.FromSeconds(10)).ConfigureAwait(false);
            node.ListeningOn = node.ListeningOn.Add(listening.EndPoint);
        }
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

    private static void Singleton(ActorSystem system, string name, Props entity) => system.ActorOf(
        ClusterSingletonManager.Props(Backoff.Supervise(entity), EntityStop.Instance, ClusterSingletonManagerSettings.Create(system).WithSingletonName(name)), $"{name}-manager");

    private static IActorRef Proxy(ActorSystem system, string name) => system.ActorOf(
        ClusterSingletonProxy.Props($"/user/{name}-manager", ClusterSingletonProxySettings.Create(system).WithSingletonName(name)), name);
}
