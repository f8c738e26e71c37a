namespace Lightning.Actors.Api;

/// <summary>An outgoing payment.</summary>
public sealed record PaymentInfo
{
    /// <summary>Rises by one with every payment; the first is 1.</summary>
    public required ulong Index { get; init; }

    /// <summary>The payment hash.</summary>
    public required PaymentHash PaymentHash { get; init; }

    /// <summary>Proof of payment; null unless it succeeded.</summary>
    public PaymentPreimage? Preimage { get; init; }

    /// <summary>The invoice that was paid.</summary>
    public string PaymentRequest { get; init; } = "";

    /// <summary>The payee.</summary>
    public required NodeId Destination { get; init; }

    /// <summary>What the payee gets.</summary>
    public required MilliSatoshi Amount { get; init; }

    /// <summary>Routing fees of the attempts that succeeded or are in flight.</summary>
    public MilliSatoshi Fee { get; init; }

    /// <summary>Where it stands.</summary>
    public required PaymentStatus Status { get; init; }

    /// <summary>Why it failed, if it did.</summary>
    public PaymentFailureReason FailureReason { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its attempts, in the order they were sent.</summary>
    public IReadOnlyList<PaymentAttempt> Attempts { get; init; } = [];

    /// <summary>Whether nothing will change any more.</summary>
    public bool IsFinal => Status is PaymentStatus.Succeeded or PaymentStatus.Failed;
}
