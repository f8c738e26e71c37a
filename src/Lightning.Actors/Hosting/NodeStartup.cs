using Akka.Actor;
using Lightning.Actors.Bootstrap;
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

/// <summary>Joins the node and starts the actors of one process of a node.</summary>
internal static class NodeStartup
{
    /// <summary>Completes when this process is a member and its actors are there.</summary>
    public static async Task StartAsync(ActorSystem system, NodeRuntime node)
    {
        var shards = node.Options.Cluster.Shards;
        await node.Topology.JoinAsync(system).ConfigureAwait(false);
        node.Actors = new NodeActors
        {
            System = system,
            Peers = await node.Topology.RegionAsync(system, "peer", id => PeerActor.Props(node, id), new EntityExtractor(shards)).ConfigureAwait(false),
            Channels = await node.Topology.RegionAsync(system, "channel", id => ChannelActor.Props(node, id), new ChannelExtractor(shards)).ConfigureAwait(false),
            Payments = await node.Topology.RegionAsync(system, "payment", id => PaymentActor.Props(id, PaymentServices.Of(node)), new EntityExtractor(shards)).ConfigureAwait(false),
            Invoices = await node.Topology.RegionAsync(system, "invoice", id => InvoiceActor.Props(id, InvoiceServices.Of(node)), new EntityExtractor(shards)).ConfigureAwait(false),
            Registry = node.Topology.SingletonProxy(system, "registry"),
            ChainMonitor = system.ActorOf(ChainClient.Props(node, node.Topology.SingletonProxy(system, "chain")), "chain-client"),
            Wallet = node.Topology.SingletonProxy(system, "wallet"),
            Connections = system.ActorOf(ConnectionsActor.Props(node), "connections"),
            Router = system.ActorOf(RouterActor.Props(RouterServices.Of(node)).WithDispatcher(RouterActor.Dispatcher), "router"),
            Topics = node.Topology.Topics(system),
            Views = node.Topology.SingletonProxy(system, "views"),
        };
        // From here on entities may start: everything that they send to is there.
        node.Topology.StartSingleton(system, "registry", ChannelRegistry.Props(node));
        node.Topology.StartSingleton(system, "chain", ChainMonitor.Props(node.Chain));
        node.Topology.StartSingleton(system, "wallet", WalletActor.Props(node));
        node.Topology.StartSingleton(system, "views", ViewsActor.Props(node.Views, node.Time, node.Actors.Topics, node.Actors.Payments, node.Actors.Peers));
        StartBootstrap(system, node);
        system.ActorOf(ViewsFollower.Props(node.Actors.Topics, node.ViewsPulse), "views-follower");
        foreach (var endPoint in node.Options.Listen)
        {
            var listening = (ConnectionsActor.Listening)await Asking.AskAsync(
                system, node.Actors.Connections, new ConnectionsActor.Listen(endPoint), TimeSpan.FromSeconds(10), node.Time, node.Continuations, CancellationToken.None).ConfigureAwait(false);
            node.ListeningOn = node.ListeningOn.Add(listening.EndPoint);
        }
    }

    // Nothing is there to be done where the operator names neither peers nor seeds.
    private static void StartBootstrap(ActorSystem system, NodeRuntime node)
    {
        var settings = node.Options.Bootstrap;
        var source = settings is { DnsSeeds.IsEmpty: false, MinimumPeers: > 0 } ? new DnsSeeds(settings.DnsSeeds, settings.DnsServer) : null;
        if (source is not null || !node.Options.Peers.IsEmpty) node.Topology.StartSingleton(system, "bootstrap", BootstrapActor.Props(node, source));
    }
}
