using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Announcing;
using Lightning.Channels.Events;
using Lightning.Channels.Formats;
using Lightning.Channels.Parameters;
using Lightning.Channels.Secrets;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Channels.Commitments;

/// <summary>What all states of a funded channel have in common: both nodes' commitments, the updates on their way between them, and the HTLCs.</summary>
/// <param name="Parameters">What never changes.</param>
/// <param name="Active">The commitments, newest funding first; never empty. HTLCs and commitment numbers are common to all.</param>
/// <param name="LocalNumber">Number of this node's current commitment.</param>
/// <param name="RemoteNumber">Number of the peer's current commitment.</param>
/// <param name="RemotePoint">The peer's per-commitment point of <paramref name="RemoteNumber"/>.</param>
/// <param name="RemoteNextPoint">The one after it; null until channel_ready.</param>
/// <param name="Secrets">The secrets of the peer's revoked commitments.</param>
/// <param name="SentAtLocalNumber">
/// Where a commitment_signed awaits its revocation: <paramref name="LocalNumber"/> when it was sent, which tells the order of retransmissions. Null where none does.
/// </param>
/// <param name="LocalSigned">This node's updates in the peer's next commitment.</param>
/// <param name="LocalAcked">This node's updates that the peer acknowledged, not yet in this node's commitment.</param>
/// <param name="RemoteAcked">The peer's updates that this node acknowledged, not yet in the peer's commitment.</param>
/// <param name="RemoteSigned">The peer's updates in the peer's next commitment.</param>
/// <param name="Kept">Settlements of this node that are durable and not sent yet.</param>
/// <param name="NextLocalHtlcId">Id of the next HTLC that this node offers.</param>
/// <param name="NextRemoteHtlcId">Id of the next HTLC that the peer offers.</param>
/// <param name="Incoming">Irrevocable incoming HTLCs without a durable settlement, by id.</param>
/// <param name="Outgoing">The answered adds.</param>
public sealed record ChannelCommitments(
    ChannelParameters Parameters,
    EquatableArray<Commitment> Active,
    ulong LocalNumber,
    ulong RemoteNumber,
    PubKey RemotePoint,
    PubKey? RemoteNextPoint,
    PerCommitmentSecretStore Secrets,
    ulong? SentAtLocalNumber,
    EquatableArray<CommitmentUpdate> LocalSigned,
    EquatableArray<CommitmentUpdate> LocalAcked,
    EquatableArray<CommitmentUpdate> RemoteAcked,
    EquatableArray<CommitmentUpdate> RemoteSigned,
    EquatableArray<CommitmentUpdate.Settlement> Kept,
    ulong NextLocalHtlcId,
    ulong NextRemoteHtlcId,
    ImmutableSortedDictionary<ulong, IncomingHtlc> Incoming,
    OutgoingLedger Outgoing)
{
    /// <summary>What both nodes tell of the channel.</summary>
    public ChannelGossip Gossip { get; init; } = ChannelGossip.None;

    private CommitmentTerms? _localTerms;
    private CommitmentTerms? _remoteTerms;

    /// <summary>
    /// Height of the block in which the funding transaction was seen last, or below which it cannot be; null where neither is known. Only from that height on does it mean anything that the best
    /// chain does not have it: a backend may still be reading the blocks.
    /// </summary>
    public uint? FundedAt { get; init; }

    /// <summary>The commitments on the newest funding.</summary>
    public Commitment Latest => Active[0];

    /// <summary>The channel's id on the wire.</summary>
    public ChannelId Id => ChannelId.FromFunding(Active[^1].Funding.OutPoint);

    /// <summary>Whether a commitment_signed of this node awaits its revocation: until then no other may be sent.</summary>
    public bool AwaitsRevocation => SentAtLocalNumber is not null;

    /// <summary>Terms of this node's commitments.</summary>
    public CommitmentTerms LocalTerms => _localTerms ??= new(
        CommitmentOwner.Local,
        Latest.Format,
        Parameters.IsInitiator,
        Parameters.Local.DustLimit,
        Parameters.Remote.ToSelfDelay,
        Parameters.Local.Basepoints,
        Parameters.Remote.Basepoints);

    /// <summary>Terms of the peer's commitments.</summary>
    public CommitmentTerms RemoteTerms => _remoteTerms ??= new(
        CommitmentOwner.Remote,
        Latest.Format,
        !Parameters.IsInitiator,
        Parameters.Remote.DustLimit,
        Parameters.Local.ToSelfDelay,
        Parameters.Remote.Basepoints,
        Parameters.Local.Basepoints);

    /// <summary>Whether the peer has signed no commitment that this node knows of: before funding_signed, and where nothing but a backup is left of the channel.</summary>
    public bool IsUnsigned => Latest.LocalSignatures is null;

    /// <summary>No HTLC in any commitment, nothing owed and nothing on its way: the state in which the closing transaction is negotiated.</summary>
    public bool IsQuiet =>
        !AwaitsRevocation && LocalSigned.IsEmpty && LocalAcked.IsEmpty && RemoteAcked.IsEmpty && RemoteSigned.IsEmpty && Kept.IsEmpty
        && Latest.LocalSpec.Htlcs.IsEmpty && Latest.RemoteSpec.Htlcs.IsEmpty;

    /// <summary>The commitments of a new channel.</summary>
    internal static ChannelCommitments Create(
        ChannelParameters parameters,
        FundingOutput funding,
        MilliSatoshi push,
        FeeratePerKw feerate,
        PubKey remoteFirstPoint,
        EcdsaSignature? signature,
        OutgoingLedger outgoing)
    {
        var total = funding.Amount.ToMilliSatoshi();
        var (local, remote) = parameters.IsInitiator ? (total - push, push) : (push, total - push);
        var commitment = new Commitment(
            0,
            new ChannelFunding(funding.OutPoint, funding.Amount, parameters.Local.Basepoints.FundingPubKey, parameters.Remote.Basepoints.FundingPubKey),
            parameters.Type.Anchors ? CommitmentFormat.Anchors : CommitmentFormat.StaticRemoteKey,
            new CommitmentSpec(feerate, local, remote),
            signature is { } known ? new Signing.CommitmentSignatures(known, []) : null,
            new CommitmentSpec(feerate, remote, local),
            NextRemoteSpec: null);
        return new ChannelCommitments(
            parameters,
            [commitment],
            LocalNumber: 0,
            RemoteNumber: 0,
            remoteFirstPoint,
            RemoteNextPoint: null,
            PerCommitmentSecretStore.Empty,
            SentAtLocalNumber: null,
            LocalSigned: [],
            LocalAcked: [],
            RemoteAcked: [],
            RemoteSigned: [],
            Kept: [],
            NextLocalHtlcId: 0,
            NextRemoteHtlcId: 0,
            ImmutableSortedDictionary<ulong, IncomingHtlc>.Empty,
            outgoing);
    }
}
