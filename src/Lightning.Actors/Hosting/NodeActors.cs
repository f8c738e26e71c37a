using Akka.Actor;

namespace Lightning.Actors.Hosting;

/// <summary>Where a node's actors are reached from this process.</summary>
/// <param name="Peers">Shard region of the peers, by node id.</param>
internal sealed record NodeActors(IActorRef Peers);
