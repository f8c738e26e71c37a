using Lightning.Actors.Charts;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Actors.Journal;

/// <summary>What the journal tells of one channel.</summary>
/// <param name="Key">The channel.</param>
/// <param name="Events">Its events, from the first, without gaps; all of them unless <paramref name="Damage"/> says otherwise.</param>
/// <param name="Damage">What is wrong with the row after the last of the events; null where nothing is.</param>
public sealed record ChannelHistory(LocalChannelKey Key, IReadOnlyList<JournaledEvent> Events, string? Damage)
{
    /// <summary>The channel's state after the last of the events.</summary>
    public ChannelState State => StateAfter(Events.Count);

    /// <summary>The channel's state just after an event, as a recovered channel would have it.</summary>
    /// <param name="number">Sequence number of the event; 0 for the state before the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such event.</exception>
    public ChannelState StateAfter(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Events.Count);
        var state = ChannelState.Empty;
        for (var i = 0; i < number; i++) state = state.Apply(Events[i].Event);
        return state;
    }

    /// <summary>The events as messages between the peer, the channel, payments and the chain, with their numbers and times.</summary>
    public SequenceChart ToChart() => HistoryChart.Draw(this);
}
