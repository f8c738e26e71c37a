namespace Lightning.Channels.Claims;

/// <summary>revocationprivkey: everything of a revoked commitment of the peer.</summary>
/// <param name="perCommitmentSecret">What the peer revealed for it.</param>
public sealed class RevocationClaimKey(Bytes32 perCommitmentSecret) : ClaimKey
{
    /// <summary>What the peer revealed for it.</summary>
    public Bytes32 PerCommitmentSecret { get; } = perCommitmentSecret;
}
