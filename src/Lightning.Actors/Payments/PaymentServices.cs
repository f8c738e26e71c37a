using Akka.Actor;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Payments;

/// <summary>What a payment's entity works with.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Height">Height of the best block; null as long as it is not known.</param>
/// <param name="Channels">Shard region of the channels.</param>
/// <param name="Router">This process's router.</param>
/// <param name="Views">Told when there is something new for the lists.</param>
internal sealed record PaymentServices(TimeProvider Time, Func<uint?> Height, IActorRef Channels, IActorRef Router, IActorRef Views)
{
    /// <summary>Sees each answer before it is given; null where nobody looks.</summary>
    public Action<object>? Answering { get; init; }

    /// <summary>Those of a process, once its actors are there.</summary>
    public static PaymentServices Of(NodeRuntime node) => new(node.Time, node.HeightIfKnown, node.Actors.Channels, node.Actors.Router, node.Actors.Views) { Answering = node.Answering };
}
