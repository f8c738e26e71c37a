namespace Lightning.Channels.Events;

/// <summary>
/// What happened to a channel. The durable ones (<see cref="DurableEvent"/>) are written and, replayed from <see cref="States.ChannelState.Empty"/>, give
/// the same state again; the others (<see cref="TransientEvent"/>) change only what a crash or a disconnection may lose.
/// </summary>
public abstract record ChannelEvent
{
    private protected ChannelEvent()
    {
    }

    /// <summary>Whether it must be written before its actions are performed.</summary>
    public abstract bool IsDurable { get; }
}
