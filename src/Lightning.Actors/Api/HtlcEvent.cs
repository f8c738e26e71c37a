using Lightning.Channels.Updates;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Api;

/// <summary>Something that happened to a payment of others on its way through this node.</summary>
public sealed record HtlcEvent
{
    /// <summary>What.</summary>
    public required HtlcEventKind Kind { get; init; }

    /// <summary>When it became durable.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The channel that it came in by; null where its funding never was confirmed.</summary>
    public ShortChannelId? IncomingChannel { get; init; }

    /// <summary>The HTLC in that channel.</summary>
    public required ulong IncomingHtlcId { get; init; }

    /// <summary>The channel that it went out by, or should have; null where its funding never was confirmed, or a blinded path named a node.</summary>
    public ShortChannelId? OutgoingChannel { get; init; }

    /// <summary>The HTLC in that channel; null where it was refused.</summary>
    public ulong? OutgoingHtlcId { get; init; }

    /// <summary>What came in.</summary>
    public required MilliSatoshi AmountIn { get; init; }

    /// <summary>What went out, or should have; null where a channel refused it.</summary>
    public MilliSatoshi? AmountOut { get; init; }

    /// <summary>Height at which the incoming HTLC expires.</summary>
    public required uint ExpiryIn { get; init; }

    /// <summary>Height at which the outgoing HTLC expires, or should have; null where a channel refused it.</summary>
    public uint? ExpiryOut { get; init; }

    /// <summary>The preimage, where it is paid.</summary>
    public PaymentPreimage? Preimage { get; init; }

    /// <summary>Why it was refused, where it was.</summary>
    public AddRefusal? Refusal { get; init; }

    /// <summary>What its sender was told, where no channel was asked for want of one, or because the terms were not met.</summary>
    public FailureCode? Failure { get; init; }
}
