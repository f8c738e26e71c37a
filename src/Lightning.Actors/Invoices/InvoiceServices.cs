using Akka.Actor;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Invoices;

/// <summary>What an invoice's entity works with.</summary>
/// <param name="Policy">The node's terms.</param>
/// <param name="Time">The clock.</param>
/// <param name="Height">Height of the best block; null as long as it is not known.</param>
/// <param name="Channels">Shard region of the channels.</param>
/// <param name="Views">Told when there is something new for the lists.</param>
internal sealed record InvoiceServices(NodePolicy Policy, TimeProvider Time, Func<uint?> Height, IActorRef Channels, IActorRef Views)
{
    /// <summary>Sees each answer before it is given; null where nobody looks.</summary>
    public Action<object>? Answering { get; init; }

    /// <summary>Those of a process, once its actors are there.</summary>
    public static InvoiceServices Of(NodeRuntime node) => new(node.Policy, node.Time, node.HeightIfKnown, node.Actors.Channels, node.Actors.Views) { Answering = node.Answering };
}
