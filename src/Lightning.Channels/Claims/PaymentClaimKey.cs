namespace Lightning.Channels.Claims;

/// <summary>Our payment key as it is: to_remote of the peer's commitment.</summary>
public sealed class PaymentClaimKey : ClaimKey
{
    /// <summary>The only one.</summary>
    public static PaymentClaimKey Instance { get; } = new();
}
