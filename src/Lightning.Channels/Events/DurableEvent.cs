using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Channels.Events;

/// <summary>An event that is written to the journal before anything of it is visible outside. Its data is the least that rebuilds the state.</summary>
public abstract partial record DurableEvent : ChannelEvent
{
    private DurableEvent()
    {
    }

    /// <inheritdoc/>
    public override bool IsDurable => true;

    /// <summary>A new incarnation of the channel. Its sequence number is the epoch.</summary>
    public sealed record OwnershipTaken : DurableEvent;

    /// <summary>A new connection; channel_reestablish leaves in this event's callback, so that a stale incarnation never sends old numbers.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Epoch">The incarnation that uses it.</param>
    /// <param name="Features">What both nodes support.</param>
    public sealed record Connected(ConnectionId Connection, long Epoch, ChannelFeatures Features) : DurableEvent;

    /// <summary>The opener has the funding transaction; funding_created leaves. The channel's first event on this side.</summary>
    /// <param name="Parameters">What never changes.</param>
    /// <param name="Funding">The funding output.</param>
    /// <param name="Push">push_msat.</param>
    /// <param name="Feerate">Of the first commitments.</param>
    /// <param name="RemoteFirstPoint">first_per_commitment_point of the peer.</param>
    /// <param name="Transaction">Signed, not to be published before <see cref="FundingSigned"/>.</param>
    /// <param name="BlockHeight">Height at that time.</param>
    public sealed record FundingCreated(
        ChannelParameters Parameters,
        FundingOutput Funding,
        MilliSatoshi Push,
        FeeratePerKw Feerate,
        PubKey RemoteFirstPoint,
        Transaction Transaction,
        uint BlockHeight) : DurableEvent;

    /// <summary>The opener has the peer's signature of its first commitment; the funding transaction is published.</summary>
    /// <param name="Signature">funding_signed's, verified.</param>
    public sealed record FundingSigned(EcdsaSignature Signature) : DurableEvent;

    /// <summary>The accepter has a valid funding_created; funding_signed leaves. The channel's first event on this side.</summary>
    /// <param name="Parameters">What never changes.</param>
    /// <param name="Funding">The funding output.</param>
    /// <param name="Push">push_msat.</param>
    /// <param name="Feerate">Of the first commitments.</param>
    /// <param name="RemoteFirstPoint">first_per_commitment_point of the peer.</param>
    /// <param name="Signature">The peer's signature of this node's first commitment, verified.</param>
    /// <param name="BlockHeight">Height at that time: the channel is forgotten after a timeout without funding.</param>
    public sealed record FundingAccepted(
        ChannelParameters Parameters,
        FundingOutput Funding,
        MilliSatoshi Push,
        FeeratePerKw Feerate,
        PubKey RemoteFirstPoint,
        EcdsaSignature Signature,
        uint BlockHeight) : DurableEvent;

    /// <summary>The funding transaction, verified in script and amount, is deep enough; channel_ready leaves. Again where a reorganisation moved it before it was buried.</summary>
    /// <param name="BlockHeight">Height of its block.</param>
    /// <param name="TransactionIndex">Its index in the block.</param>
    public sealed record FundingConfirmed(uint BlockHeight, uint TransactionIndex) : DurableEvent;

    /// <summary>The funding transaction, in a block before or believed to be, is in none: it is awaited, with the limit that a new channel has.</summary>
    /// <param name="BlockHeight">Height of the best block.</param>
    public sealed record FundingAwaited(uint BlockHeight) : DurableEvent;

    /// <summary>The peer's first channel_ready.</summary>
    /// <param name="SecondPoint">second_per_commitment_point.</param>
    /// <param name="Alias">The short channel id that it accepts for the channel; null for none.</param>
    public sealed record ChannelReadyReceived(PubKey SecondPoint, ShortChannelId? Alias) : DurableEvent;

    /// <summary>This node's updates and the commitment_signed that covers them leave. The signatures are made again from the state when needed.</summary>
    /// <param name="Updates">All updates since the last one, in the order they are sent; HTLC ids go on from the last one.</param>
    /// <param name="Origins">For each add among them, in their order, for whom it is.</param>
    public sealed record CommitmentSent(EquatableArray<CommitmentUpdate> Updates, EquatableArray<AddOrigin> Origins) : DurableEvent;

    /// <summary>A valid commitment_signed of the peer and the updates it brings; revoke_and_ack leaves.</summary>
    /// <param name="Updates">The peer's updates since its last commitment_signed, in the order of arrival.</param>
    /// <param name="Signatures">Its signatures, one set for each active funding.</param>
    public sealed record CommitmentReceived(EquatableArray<CommitmentUpdate> Updates, EquatableArray<FundingSignatures> Signatures) : DurableEvent;

    /// <summary>A valid revoke_and_ack of the peer.</summary>
    /// <param name="Secret">per_commitment_secret.</param>
    /// <param name="NextPoint">next_per_commitment_point.</param>
    /// <param name="At">When it arrived: the receive time of the HTLCs that it made irrevocable.</param>
    /// <param name="MustFail">Those among them that are to be failed because too much would be lost to dust.</param>
    public sealed record RevocationReceived(Bytes32 Secret, PubKey NextPoint, DateTimeOffset At, EquatableArray<ulong> MustFail) : DurableEvent;

    /// <summary>An add was refused; its origin is refused for ever.</summary>
    /// <param name="Origin">For whom it was.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="RefuseFrom">Height from which the origin may be forgotten.</param>
    public sealed record AddRefused(HtlcOrigin Origin, AddRefusal Reason, uint RefuseFrom) : DurableEvent;

    /// <summary>The outgoing channel of an incoming HTLC is fixed.</summary>
    /// <param name="HtlcId">The incoming HTLC.</param>
    /// <param name="Outgoing">The channel it is offered on.</param>
    public sealed record ForwardFixed(ulong HtlcId, LocalChannelKey Outgoing) : DurableEvent;

    /// <summary>Settlements that cannot be signed now, kept because whoever gave them stops repeating them.</summary>
    /// <param name="Settlements">They are sent when the channel can sign again; the preimages among them serve on chain too.</param>
    public sealed record SettlementsKept(EquatableArray<CommitmentUpdate.Settlement> Settlements) : DurableEvent;

    /// <summary>Preimages of HTLCs that this node offered, known before the peer's commitment_signed or from the chain. Written with the next other event at the latest.</summary>
    /// <param name="Fulfillments">The HTLCs and their preimages.</param>
    public sealed record PreimagesLearned(EquatableArray<LearnedPreimage> Fulfillments) : DurableEvent;

    /// <summary>Results that their origins have durably. Written together with another event.</summary>
    /// <param name="Origins">The origins.</param>
    public sealed record ResultsAcknowledged(EquatableArray<HtlcOrigin> Origins) : DurableEvent;

    /// <summary>Origins whose adds are refused for their height are forgotten. Written together with another event.</summary>
    /// <param name="BlockHeight">Finished origins whose refusal height is not above this are dropped.</param>
    public sealed record OriginsPruned(uint BlockHeight) : DurableEvent;
}
