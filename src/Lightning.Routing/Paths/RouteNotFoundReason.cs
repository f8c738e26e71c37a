namespace Lightning.Routing.Paths;

/// <summary>Why no route was found.</summary>
public enum RouteNotFoundReason
{
    /// <summary>Nothing known leads to the payee, or nothing that can carry the amount.</summary>
    NoRoute,

    /// <summary>Our own channels do not hold enough.</summary>
    InsufficientBalance,

    /// <summary>There is a way, but it costs more than allowed.</summary>
    FeeLimitExceeded,

    /// <summary>There is a way, but the HTLC would run longer than allowed.</summary>
    CltvLimitExceeded,

    /// <summary>The amount would need more parts than allowed, or than the payee takes.</summary>
    TooManyParts,

    /// <summary>The request makes no sense: nothing to pay, or to ourselves.</summary>
    InvalidRequest,
}
