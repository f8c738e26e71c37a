using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Closing;
using Lightning.Channels.Keys;
using Lightning.Channels.Secrets;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Signing;

/// <summary>Signs with keys in this process, derived from the node's seed. For one caller at a time. Zeroes them when disposed.</summary>
public sealed class LocalChannelSigner : IChannelSigner
{
    private readonly ChannelSecrets _secrets;
    private readonly Key? _nodeKey;

    /// <summary>Derives the keys of a channel.</summary>
    /// <param name="nodeSeed">The node's secret, at least 32 bytes; not kept.</param>
    /// <param name="keyIndex">The channel's key-derivation index; never use one for two channels.</param>
    /// <param name="nodeKey">The node's own key, for what is told to the network; its owner disposes it. Null for a signer of transactions alone.</param>
    /// <exception cref="ArgumentException">The seed is too short.</exception>
    public LocalChannelSigner(ReadOnlySpan<byte> nodeSeed, ulong keyIndex, Key? nodeKey = null)
        : this(ChannelSecrets.Derive(nodeSeed, keyIndex), nodeKey)
    {
    }

    internal LocalChannelSigner(ChannelSecrets secrets, Key? nodeKey = null)
    {
        _secrets = secrets;
        _nodeKey = nodeKey;
        Basepoints = new ChannelBasepoints(
            secrets.Funding(0).PubKey, secrets.Revocation.PubKey, secrets.Payment.PubKey, secrets.DelayedPayment.PubKey, secrets.Htlc.PubKey);
    }

    /// <inheritdoc/>
    public ChannelBasepoints Basepoints { get; }

    /// <inheritdoc/>
    public PubKey FundingPubKey(uint keyIndex) => _secrets.Funding(keyIndex).PubKey;

    /// <inheritdoc/>
    public PubKey PerCommitmentPoint(ulong commitmentNumber)
    {
        using var secret = Key.FromBytes(PerCommitmentSecret(commitmentNumber).Span);
        return secret.PubKey;
    }

    /// <inheritdoc/>
    public Bytes32 PerCommitmentSecret(ulong commitmentNumber) => _secrets.PerCommitmentSecret(PerCommitmentSecrets.IndexOf(commitmentNumber));

    /// <inheritdoc/>
    public CommitmentSignatures SignRemoteCommitment(CommitmentTransaction commitment)
    {
        commitment.RequireOwner(CommitmentOwner.Remote);
        var signature = FundingKey(commitment.Funding).Sign(commitment.SigHash);
        var htlcs = commitment.HtlcTransactions;
        if (htlcs.IsEmpty) return new CommitmentSignatures(signature, []);
        using var key = KeyDerivation.DeriveKey(_secrets.Htlc, commitment.Keys.PerCommitmentPoint);
        var signatures = ImmutableArray.CreateBuilder<EcdsaSignature>(htlcs.Length);
        foreach (var htlc in htlcs) signatures.Add(key.Sign(htlc.OtherSigHash));
        return new CommitmentSignatures(signature, signatures.MoveToImmutable());
    }

    /// <inheritdoc/>
    public EcdsaSignature SignLocalCommitment(CommitmentTransaction commitment)
    {
        commitment.RequireOwner(CommitmentOwner.Local);
        return FundingKey(commitment.Funding).Sign(commitment.SigHash);
    }

    /// <inheritdoc/>
    public EcdsaSignature SignHtlcTransaction(HtlcTransaction htlc, Transaction transaction, int input)
    {
        htlc.Commitment.RequireOwner(CommitmentOwner.Local);
        using var key = KeyDerivation.DeriveKey(_secrets.Htlc, htlc.Commitment.Keys.PerCommitmentPoint);
        return key.Sign(htlc.OwnerSigHash(transaction, input));
    }

    /// <inheritdoc/>
    public EcdsaSignature SignClosing(ClosingTransaction closing) => FundingKey(closing.Funding).Sign(closing.SigHash);

    /// <inheritdoc/>
    public EcdsaSignature SignClaim(ClaimableOutput claim, Transaction transaction, int input)
    {
        var hash = claim.SigHash(transaction, input);
        switch (claim.Key)
        {
            case PaymentClaimKey:
                return _secrets.Payment.Sign(hash);
            case FundingClaimKey funding:
                return _secrets.Funding(funding.KeyIndex).Sign(hash);
            case DelayedPaymentClaimKey delayed:
                using (var key = KeyDerivation.DeriveKey(_secrets.DelayedPayment, delayed.PerCommitmentPoint)) return key.Sign(hash);
            case HtlcClaimKey htlc:
                using (var key = KeyDerivation.DeriveKey(_secrets.Htlc, htlc.PerCommitmentPoint)) return key.Sign(hash);
            case RevocationClaimKey revocation:
                using (var secret = Key.FromBytes(revocation.PerCommitmentSecret.Span))
                using (var key = KeyDerivation.RevocationKey(_secrets.Revocation, secret)) return key.Sign(hash);
            default:
                throw new NotSupportedException($"There is no key for {claim.Key}.");
        }
    }

    /// <inheritdoc/>
    public NodeId NodeId => field ??= new NodeId(NodeKey.PubKey);

    /// <inheritdoc/>
    public ChannelAnnouncement SignAnnouncement(ChannelAnnouncement announcement)
    {
        var isFirst = announcement.NodeId1 == NodeId;
        if (!isFirst && announcement.NodeId2 != NodeId) throw new InvalidOperationException($"The announcement of {announcement.ShortChannelId} is not of this node.");
        var funding = _secrets.Funding(0);
        if ((isFirst ? announcement.BitcoinKey1 : announcement.BitcoinKey2) != funding.PubKey) throw new InvalidOperationException($"The announcement of {announcement.ShortChannelId} is not of this channel.");
        var hash = announcement.SignedHash();
        return GossipSignatures.WithSignatures(announcement, NodeId, NodeKey.Sign(hash), funding.Sign(hash));
    }

    /// <inheritdoc/>
    public ChannelUpdate SignUpdate(ChannelUpdate update) => GossipSignatures.Sign(update, NodeKey);

    /// <inheritdoc/>
    public void Dispose() => _secrets.Dispose();

    private Key NodeKey => _nodeKey ?? throw new InvalidOperationException("This signer does not have the node's key.");

    private Key FundingKey(ChannelFunding funding)
    {
        var key = _secrets.Funding(funding.KeyIndex);
        return key.PubKey == funding.LocalPubKey ? key : throw new InvalidOperationException($"Funding key {funding.KeyIndex} is not the one of {funding}.");
    }
}
