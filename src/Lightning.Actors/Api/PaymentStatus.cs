namespace Lightning.Actors.Api;

/// <summary>Where a payment, or one attempt of it, stands.</summary>
public enum PaymentStatus
{
    /// <summary>Accepted durably, nothing sent yet.</summary>
    Initiated,

    /// <summary>Parts of it are on their way.</summary>
    InFlight,

    /// <summary>The payee took it: we have the preimage.</summary>
    Succeeded,

    /// <summary>Nothing was paid and nothing is on its way.</summary>
    Failed,
}
