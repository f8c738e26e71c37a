namespace Lightning.Actors.Api;

/// <summary>Why a payment failed.</summary>
public enum PaymentFailureReason
{
    /// <summary>It has not failed.</summary>
    None,

    /// <summary>Time was up before an attempt succeeded.</summary>
    Timeout,

    /// <summary>No route, or none left within the limits.</summary>
    NoRoute,

    /// <summary>Something in this node.</summary>
    Error,

    /// <summary>The payee does not know the hash, the secret or the amount.</summary>
    IncorrectPaymentDetails,

    /// <summary>Our channels do not hold enough.</summary>
    InsufficientBalance,

    /// <summary>Cancelled by its owner.</summary>
    Canceled,
}
