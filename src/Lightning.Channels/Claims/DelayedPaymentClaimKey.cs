using Lightning.Bitcoin.Crypto;

namespace Lightning.Channels.Claims;

/// <summary>local_delayed_privkey: what is ours after the delay.</summary>
/// <param name="perCommitmentPoint">Our point of that commitment.</param>
public sealed class DelayedPaymentClaimKey(PubKey perCommitmentPoint) : ClaimKey
{
    /// <summary>Our point of that commitment.</summary>
    public PubKey PerCommitmentPoint { get; } = perCommitmentPoint;
}
