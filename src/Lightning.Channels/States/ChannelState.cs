using Lightning.Channels.Events;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.States;

/// <summary>The state of a channel: immutable, made only by events.</summary>
public abstract record ChannelState
{
    /// <summary>No channel yet: what replay starts from.</summary>
    public static ChannelState Empty => throw new NotImplementedException();

    /// <summary>The state after an event. Total and deterministic: the same events give the same state on any machine, in any year.</summary>
    /// <exception cref="InvalidOperationException">The event cannot follow: the journal is damaged.</exception>
    public ChannelState Apply(ChannelEvent happened) => throw new NotImplementedException();

    /// <summary>What never changes; null before the channel is agreed.</summary>
    public abstract ChannelParameters? Parameters { get; }

    /// <summary>The id on the wire, temporary at first; null before there is one.</summary>
    public abstract ChannelId? Id { get; }

    /// <summary>Whether the channel is over and needs no actor.</summary>
    public virtual bool IsFinal => false;
}
