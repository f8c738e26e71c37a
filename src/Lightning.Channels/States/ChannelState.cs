using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.States;

/// <summary>The state of a channel: immutable, made only by events.</summary>
public abstract record ChannelState
{
    private protected ChannelState()
    {
    }

    /// <summary>No channel yet: what replay starts from.</summary>
    public static ChannelState Empty => NoChannel.Instance;

    /// <summary>What never changes; null before the channel is agreed.</summary>
    public abstract ChannelParameters? Parameters { get; }

    /// <summary>The id on the wire, temporary at first; null before there is one.</summary>
    public abstract ChannelId? Id { get; }

    /// <summary>The connection.</summary>
    public abstract ChannelLink Link { get; }

    /// <summary>Whether the channel is over and needs no actor.</summary>
    public virtual bool IsFinal => false;

    /// <summary>The state after an event. Deterministic: the same events give the same state on any machine, in any year.</summary>
    /// <exception cref="InvalidOperationException">The event cannot follow: the journal is damaged.</exception>
    public ChannelState Apply(ChannelEvent happened) =>
        After(happened) ?? throw new InvalidOperationException($"{happened.GetType().Name} cannot happen to a channel in state {GetType().Name}.");

    /// <summary>The state after an event; null where it cannot happen here.</summary>
    private protected abstract ChannelState? After(ChannelEvent happened);

    /// <summary>Decides a command.</summary>
    internal abstract void Handle(Turn turn, ChannelCommand command);

    /// <summary>After the last command of a decision: what is best done once for all of them.</summary>
    internal virtual void Conclude(Turn turn)
    {
    }

    /// <summary>What a recovered channel does.</summary>
    internal virtual void Resume(Turn turn)
    {
    }
}
