using Lightning.Protocol.Onion;

namespace Lightning.Actors.Api;

/// <summary>What is to become of an <see cref="InterceptedForward"/>.</summary>
/// <param name="IncomingChannel">The channel it came in by, as it was told.</param>
/// <param name="HtlcId">Its id there.</param>
public abstract record ForwardResolution(ShortChannelId IncomingChannel, ulong HtlcId)
{
    /// <summary>It goes on, as if nobody had asked: the node's own rules are still to be met.</summary>
    public sealed record Resume(ShortChannelId IncomingChannel, ulong HtlcId) : ForwardResolution(IncomingChannel, HtlcId);

    /// <summary>It is failed.</summary>
    /// <param name="IncomingChannel">The channel it came in by, as it was told.</param>
    /// <param name="HtlcId">Its id there.</param>
    /// <param name="Failure">What its sender is told.</param>
    public sealed record Fail(ShortChannelId IncomingChannel, ulong HtlcId, FailureMessage Failure) : ForwardResolution(IncomingChannel, HtlcId);

    /// <summary>It is taken with its preimage, and nothing goes on.</summary>
    /// <param name="IncomingChannel">The channel it came in by, as it was told.</param>
    /// <param name="HtlcId">Its id there.</param>
    /// <param name="Preimage">Must fit the payment hash.</param>
    public sealed record Settle(ShortChannelId IncomingChannel, ulong HtlcId, PaymentPreimage Preimage) : ForwardResolution(IncomingChannel, HtlcId);
}
