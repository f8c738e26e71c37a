namespace Lightning.Actors.Payments;

/// <summary>Where a payment stands, durably.</summary>
internal enum PaymentPhase
{
    /// <summary>Nothing was ever paid to this hash.</summary>
    None,

    /// <summary>Parts may be on their way, or will be.</summary>
    InFlight,

    /// <summary>Paid. Final.</summary>
    Succeeded,

    /// <summary>Nothing was paid and nothing is on its way; it may be tried again.</summary>
    Failed,
}
