namespace Lightning.Channels.States;

/// <summary>An HTLC must go to the chain.</summary>
/// <param name="Reason">Why, for people and for the peer.</param>
/// <param name="Hard">The block height until which a channel that has just been recovered may wait for its peer: with its channel_reestablish all may turn out well.</param>
internal sealed record DeadlinePassed(string Reason, long Hard)
{
    /// <summary>Whether it is time.</summary>
    /// <param name="state">The channel.</param>
    /// <param name="height">Height of the best block.</param>
    public bool IsDue(FundedState state, uint height) => state.Transient is { IsRecovered: false } or { HasReestablished: true } || height >= Hard;
}
