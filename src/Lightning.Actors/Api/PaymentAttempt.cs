namespace Lightning.Actors.Api;

/// <summary>One part of a payment on one route.</summary>
public sealed record PaymentAttempt
{
    /// <summary>Rises with every attempt of this node.</summary>
    public required ulong AttemptId { get; init; }

    /// <summary>Where it stands.</summary>
    public required PaymentStatus Status { get; init; }

    /// <summary>The way it went, the payee last.</summary>
    public required IReadOnlyList<RouteHop> Route { get; init; }

    /// <summary>What left this node, fees included.</summary>
    public required MilliSatoshi TotalAmount { get; init; }

    /// <summary>Block height at which our HTLC times out.</summary>
    public required uint TotalCltvExpiry { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>When it ended; null while in flight.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public AttemptFailure? Failure { get; init; }

    /// <summary>The part that the payee gets.</summary>
    public MilliSatoshi Amount => Route.Count == 0 ? MilliSatoshi.Zero : Route[^1].AmountToForward;
}
