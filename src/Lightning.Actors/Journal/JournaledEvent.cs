using Lightning.Channels.Events;

namespace Lightning.Actors.Journal;

/// <summary>One event of a channel as it stands in the journal.</summary>
/// <param name="Number">Its sequence number, from 1.</param>
/// <param name="At">When it was written.</param>
/// <param name="Event">What happened.</param>
public sealed record JournaledEvent(long Number, DateTimeOffset At, DurableEvent Event);
