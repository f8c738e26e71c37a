using Lightning.Bitcoin.Crypto;

namespace Lightning.Channels.Keys;

/// <summary>
/// The keys of one commitment transaction (BOLT 3), named from the view of its owner. Worth keeping from the moment the per-commitment point is
/// known until that commitment is replaced: deriving them costs more than signing. The HTLC keys are derived at their first use only.
/// </summary>
public sealed class CommitmentKeys
{
    private readonly ChannelBasepoints _owner;
    private readonly ChannelBasepoints _other;
    private PubKey? _ownerHtlc;
    private PubKey? _otherHtlc;
    private byte[]? _revocationHash;

    /// <summary>Derives the keys.</summary>
    /// <param name="owner">Keys of the node that can broadcast the commitment.</param>
    /// <param name="other">Keys of its peer.</param>
    /// <param name="perCommitmentPoint">The owner's point for this commitment number.</param>
    public CommitmentKeys(ChannelBasepoints owner, ChannelBasepoints other, PubKey perCommitmentPoint)
    {
        _owner = owner;
        _other = other;
        PerCommitmentPoint = perCommitmentPoint;
        Revocation = KeyDerivation.RevocationPubKey(other.Revocation, perCommitmentPoint);
        DelayedPayment = KeyDerivation.DerivePubKey(owner.DelayedPayment, perCommitmentPoint);
    }

    /// <summary>The owner's per_commitment_point.</summary>
    public PubKey PerCommitmentPoint { get; }

    /// <summary>revocationpubkey: the other node's once this commitment is revoked.</summary>
    public PubKey Revocation { get; }

    /// <summary>local_delayedpubkey: the owner's after the delay.</summary>
    public PubKey DelayedPayment { get; }

    /// <summary>remotepubkey: the other node's payment_basepoint, as it is.</summary>
    public PubKey RemotePayment => _other.Payment;

    /// <summary>local_htlcpubkey: the owner's.</summary>
    public PubKey OwnerHtlc => _ownerHtlc ??= KeyDerivation.DerivePubKey(_owner.Htlc, PerCommitmentPoint);

    /// <summary>remote_htlcpubkey: the other node's.</summary>
    public PubKey OtherHtlc => _otherHtlc ??= KeyDerivation.DerivePubKey(_other.Htlc, PerCommitmentPoint);

    /// <summary>RIPEMD160(SHA256(revocationpubkey)), which every HTLC script holds. 20 bytes.</summary>
    internal ReadOnlySpan<byte> RevocationHash => _revocationHash ??= Hashes.Hash160(Revocation.Span);
}
