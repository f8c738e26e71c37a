using Lightning.Bitcoin.Crypto;

namespace Lightning.Channels.Claims;

/// <summary>remote_htlc_privkey: an HTLC on the peer's commitment.</summary>
/// <param name="perCommitmentPoint">The peer's point of that commitment.</param>
public sealed class HtlcClaimKey(PubKey perCommitmentPoint) : ClaimKey
{
    /// <summary>The peer's point of that commitment.</summary>
    public PubKey PerCommitmentPoint { get; } = perCommitmentPoint;
}
