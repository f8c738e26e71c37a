using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Channels.Keys;

/// <summary>Per-commitment keys from basepoints (BOLT 3 "Key Derivation"), public and private side.</summary>
public static class KeyDerivation
{
    /// <summary>basepoint + SHA256(per_commitment_point || basepoint) * G: localpubkey, local_delayedpubkey, local_htlcpubkey and remote_htlcpubkey.</summary>
    public static PubKey DerivePubKey(PubKey basepoint, PubKey perCommitmentPoint) => basepoint.TweakAdd(Tweak(perCommitmentPoint, basepoint));

    /// <summary>basepoint_secret + SHA256(per_commitment_point || basepoint): the private key of <see cref="DerivePubKey"/>. The caller disposes it.</summary>
    public static Key DeriveKey(Key basepointSecret, PubKey perCommitmentPoint) => basepointSecret.TweakAdd(Tweak(perCommitmentPoint, basepointSecret.PubKey));

    /// <summary>
    /// revocation_basepoint * SHA256(revocation_basepoint || per_commitment_point)
    /// + per_commitment_point * SHA256(per_commitment_point || revocation_basepoint).
    /// </summary>
    /// <param name="revocationBasepoint">Of the node that would punish.</param>
    /// <param name="perCommitmentPoint">Of the node that owns the commitment.</param>
    public static PubKey RevocationPubKey(PubKey revocationBasepoint, PubKey perCommitmentPoint) =>
        PubKey.Combine(
            revocationBasepoint.TweakMul(Tweak(revocationBasepoint, perCommitmentPoint)),
            perCommitmentPoint.TweakMul(Tweak(perCommitmentPoint, revocationBasepoint)));

    /// <summary>The private key of <see cref="RevocationPubKey"/>, known once the commitment is revoked. The caller disposes it.</summary>
    public static Key RevocationKey(Key revocationBasepointSecret, Key perCommitmentSecret)
    {
        PubKey basepoint = revocationBasepointSecret.PubKey, point = perCommitmentSecret.PubKey;
        using var ours = revocationBasepointSecret.TweakMul(Tweak(basepoint, point));
        using var theirs = perCommitmentSecret.TweakMul(Tweak(point, basepoint));
        return ours.TweakAdd(theirs.ToBytes());
    }

    private static Bytes32 Tweak(PubKey first, PubKey second)
    {
        Span<byte> both = stackalloc byte[2 * PubKey.Size];
        first.Span.CopyTo(both);
        second.Span.CopyTo(both[PubKey.Size..]);
        Span<byte> hash = stackalloc byte[Bytes32.Size];
        SHA256.HashData(both, hash);
        return new Bytes32(hash);
    }
}
