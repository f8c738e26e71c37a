namespace Lightning.Channels.Parameters;

/// <summary>Everything that a decision may know besides the state and the command: a channel reads no clock and asks no one.</summary>
/// <param name="BlockHeight">Height of the best block.</param>
/// <param name="Now">The time.</param>
/// <param name="Fees">Feerate estimates.</param>
/// <param name="Config">What this node offers, accepts and risks.</param>
/// <param name="Guarded">
/// Whether this state may be old, restored from a backup: nothing of it is published and no error is sent until a channel_reestablish fits
/// (<see cref="Events.TransientEvent.Reestablished"/> among a decision's events), after which the shell ends the guard of this channel.
/// </param>
public sealed record ChannelEnvironment(uint BlockHeight, DateTimeOffset Now, FeeEstimates Fees, ChannelConfig Config, bool Guarded = false);
