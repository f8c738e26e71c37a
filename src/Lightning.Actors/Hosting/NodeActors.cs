using Akka.Actor;

namespace Lightning.Actors.Hosting;

/// <summary>Where a node's actors are reached from this process.</summary>
internal sealed class NodeActors
{
    /// <summary>The actor system.</summary>
    public required ActorSystem System { get; init; }

    /// <summary>Shard region of the peers, by node id.</summary>
    public required IActorRef Peers { get; init; }

    /// <summary>Shard region of the channels, by our own key.</summary>
    public required IActorRef Channels { get; init; }

    /// <summary>Shard region of outgoing payments, by payment hash.</summary>
    public required IActorRef Payments { get; init; }

    /// <summary>Shard region of invoices, by payment hash.</summary>
    public required IActorRef Invoices { get; init; }

    /// <summary>The singleton that knows which channels exist.</summary>
    public required IActorRef Registry { get; init; }

    /// <summary>This process's way to the singleton that follows the chain: takes <see cref="Chain.ChainCommand"/>s.</summary>
    public required IActorRef ChainMonitor { get; init; }

    /// <summary>The singleton that gives out on-chain coins.</summary>
    public required IActorRef Wallet { get; init; }

    /// <summary>The connections of this process.</summary>
    public required IActorRef Connections { get; init; }

    /// <summary>The router of this process.</summary>
    public required IActorRef Router { get; init; }

    /// <summary>The singleton that keeps the lists of payments and invoices.</summary>
    public required IActorRef Views { get; init; }

    /// <summary>The singleton that keeps what is known of the network, and tells it of this node's channels: takes <see cref="Gossip.OwnGossip"/>.</summary>
    public IActorRef Gossip { get; init; } = ActorRefs.Nobody;

    /// <summary>News for all processes of the node; may be lost.</summary>
    public required IActorRef Topics { get; init; }
}
