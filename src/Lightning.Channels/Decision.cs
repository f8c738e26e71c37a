using System.Collections.Immutable;
using Lightning.Channels.Actions;
using Lightning.Channels.Events;
using Lightning.Channels.States;

namespace Lightning.Channels;

/// <summary>
/// What <see cref="Channel"/> decided. The shell performs <see cref="AtOnce"/>; writes the durable events, if any, as one atomic write; then, in
/// the write's callback (or at once where nothing is durable), goes over to <see cref="State"/> and performs <see cref="Actions"/> in order.
/// A write that fails or whose outcome is unknown ends the incarnation: neither the state nor the actions of the decision are used.
/// </summary>
/// <param name="Events">All events in order, durable and transient ones.</param>
/// <param name="AtOnce">Preimages on their way upstream: they prove themselves and wait for no write.</param>
/// <param name="Actions">What waits for the write.</param>
/// <param name="State">The state with all events applied.</param>
public sealed record Decision(ImmutableArray<ChannelEvent> Events, ImmutableArray<ChannelAction> AtOnce, ImmutableArray<ChannelAction> Actions, ChannelState State)
{
    /// <summary>The events to be written, in order.</summary>
    public IEnumerable<DurableEvent> Durable => Events.OfType<DurableEvent>();
}
