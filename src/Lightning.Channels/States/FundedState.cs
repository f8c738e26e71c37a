using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>A channel whose funding is fixed: there are commitments, and the journal knows it.</summary>
/// <param name="Commitments">What is durable and common to all these states.</param>
/// <param name="Transient">What is in memory only.</param>
public abstract partial record FundedState(ChannelCommitments Commitments, TransientState Transient) : ChannelState
{
    /// <inheritdoc/>
    public override ChannelParameters Parameters => Commitments.Parameters;

    /// <inheritdoc/>
    public override ChannelId? Id => Commitments.Id;

    /// <inheritdoc/>
    public override ChannelLink Link => Transient.Link;

    /// <summary>The funding transaction, where this node made it and has not seen it deep enough: published again after each start. Null otherwise.</summary>
    public Transaction? UnconfirmedFunding { get; init; }

    /// <summary>Height since which the funding transaction is awaited; null once it was deep enough, or its output was spent. A reorganisation may take it away again.</summary>
    public uint? FundingAwaitedSince { get; init; }

    /// <summary>Whether there is but the peer's word that the channel will ever be funded: what spends the funding output need not be published, nor the channel be kept for ever.</summary>
    internal bool MayNeverBeFunded => FundingAwaitedSince is not null && (!Parameters.IsInitiator || IsRestored);

    /// <summary>Whether nothing is left of the channel but a backup: that it was ever funded nobody knows.</summary>
    internal bool IsRestored => this is WaitForRemoteClose { Commitments.IsUnsigned: true };

    /// <summary>Whether an origin has all that is known of its add.</summary>
    /// <param name="origin">The origin.</param>
    public bool IsAcknowledged(HtlcOrigin origin) => Transient.Acknowledged.Items.Contains(origin) || Commitments.Outgoing.Find(origin) switch
    {
        null => true,
        // A preimage that is in no event yet came after its failure.
        { Result: HtlcResult.Acknowledged } entry => Transient.Preimages.Items.All(one => one.HtlcId != entry.HtlcId),
        _ => false,
    };

    /// <summary>The wire's id.</summary>
    internal ChannelId ChannelId => Commitments.Id;

    /// <summary>What an event does in this state only; null for the events that do the same in all.</summary>
    private protected virtual ChannelState? AfterHere(ChannelEvent happened) => null;

    private protected sealed override ChannelState? After(ChannelEvent happened) => AfterHere(happened) ?? happened switch
    {
        DurableEvent.OwnershipTaken => this with { Transient = TransientState.Recovered },
        DurableEvent.Connected connected => this with
        {
            Transient = Transient.Disconnected() with { Link = new ChannelLink(LinkStatus.Reestablishing, connected.Connection, connected.Features) },
        },
        TransientEvent.ConnectionLost => this with { Transient = Transient.Disconnected() },
        TransientEvent.Reestablished => this with { Transient = Transient with { Link = Transient.Link with { Status = LinkStatus.Online }, HasReestablished = true, AwaySince = null } },
        TransientEvent.FundingBuried => this with { Transient = Transient with { IsBuried = true } },
        TransientEvent.AnnouncementHeard heard => this with { Transient = Transient with { Announcement = heard.Signatures } },
        TransientEvent.AnnouncementSent => this with { Transient = Transient with { HasSentAnnouncement = true } },
        TransientEvent.PolicySent sent => this with { Transient = Transient with { SentPolicy = sent.Update } },
        TransientEvent.PeerAway away => this with { Transient = Transient with { AwaySince = away.Since } },
        DurableEvent.AnnouncementReceived received => Tells(Commitments.Gossip with { Signatures = received.Signatures }),
        DurableEvent.PolicySet set => Tells(Commitments.Gossip.Apply(set)),
        DurableEvent.PolicyTold told => Tells(Commitments.Gossip with { Told = told.Update }),
        DurableEvent.PeerPolicyReceived received => Tells(Commitments.Gossip with { Heard = received.Update }),
        TransientEvent.FundingAskedFor => this with { Transient = Transient with { AsksForFunding = true } },
        TransientEvent.FundingAudited audited => this with { Transient = Transient with { Audit = audited.Status, AsksForFunding = false } },
        TransientEvent.OutputUnspent unspent => this with { Transient = Transient with { Unspent = Transient.Unspent.Items.Add(unspent.Output) } },
        DurableEvent.FundingConfirmed confirmed => AfterFunding(confirmed),
        DurableEvent.FundingAwaited awaited => this with { FundingAwaitedSince = awaited.BlockHeight },
        TransientEvent.UpdateReceived received => this with { Transient = Transient.Receive(received.Update) },
        TransientEvent.FeerateRefused refused => this with { Transient = Transient with { RefusedFeerate = refused.Feerate } },
        TransientEvent.UpdateProposed proposed => this with { Transient = Transient.Propose(proposed.Update, proposed.Origin) },
        TransientEvent.FeeDropped => this with { Transient = Transient with { Proposed = Transient.Proposed.Items.RemoveAll(static one => one.Update is CommitmentUpdate.Fee) } },
        TransientEvent.PreimageHeard heard => this with { Transient = WithoutFailure(Transient, heard.Fulfillment) with { Preimages = Transient.Preimages.Items.Add(heard.Fulfillment) } },
        TransientEvent.ResultAcknowledgementHeard heard => this with { Transient = Transient with { Acknowledged = Transient.Acknowledged.Items.Add(heard.Origin) } },
        TransientEvent.ClosingCounted counted => this with
        {
            Transient = Transient with { ClosingsAt = counted.BlockHeight, ClosingsSigned = Transient.ClosingsAt == counted.BlockHeight ? Transient.ClosingsSigned + 1 : 1 },
        },
        TransientEvent.ClosingMined mined => this with { Transient = Transient with { MutualClose = mined.Spend } },
        TransientEvent.ClaimsFollowed followed => this with { Transient = Transient with { Claims = followed.Claims } },
        TransientEvent.CommandHeld held => this with { Transient = Transient with { Command = held.Command } },
        DurableEvent.AddRefused refused => this with
        {
            Commitments = Commitments with { Outgoing = Commitments.Outgoing.Refuse(refused.Origin, refused.Reason, refused.RefuseFrom) },
            Transient = Transient.Drop(refused.Origin),
        },
        DurableEvent.ForwardFixed forward => AfterForward(forward),
        DurableEvent.SettlementsKept kept => this with
        {
            Commitments = Commitments.Apply(kept),
            Transient = Transient with
            {
                Proposed = Transient.Proposed.Items.RemoveAll(one => one.Update is CommitmentUpdate.Settlement settlement && kept.Settlements.Items.Any(durable => durable.Id == settlement.Id)),
            },
        },
        DurableEvent.PreimagesLearned learned => this with
        {
            Commitments = Commitments with { Outgoing = learned.Fulfillments.Items.Aggregate(Commitments.Outgoing, static (ledger, one) => ledger.Fulfill(one)) },
            Transient = learned.Fulfillments.Items.Aggregate(Transient, WithoutFailure).DropPreimages(learned),
        },
        DurableEvent.HtlcsFailedOnChain failed => this with
        {
            Commitments = Commitments with { Outgoing = failed.HtlcIds.Items.Aggregate(Commitments.Outgoing, static (ledger, id) => ledger.Fail(id, new HtlcFailure.OnChain())) },
        },
        DurableEvent.ResultsAcknowledged acknowledged => this with
        {
            Commitments = Commitments with { Outgoing = acknowledged.Origins.Items.Aggregate(Commitments.Outgoing, static (ledger, one) => ledger.Acknowledge(one)) },
            Transient = Transient with { Acknowledged = Transient.Acknowledged.Items.RemoveAll(one => acknowledged.Origins.Items.Contains(one)) },
        },
        DurableEvent.PaidTooLate => this,
        DurableEvent.OriginsPruned pruned => this with { Commitments = Commitments with { Outgoing = Commitments.Outgoing.Prune(pruned.BlockHeight) } },
        DurableEvent.ForceClosed closed => new Closing(Commitments, Transient.Disconnected() with { Link = Transient.Link }, closed.Reason, closed.Detail, closed.SendError)
        {
            UnconfirmedFunding = UnconfirmedFunding,
            FundingAwaitedSince = FundingAwaitedSince,
            HasSignedClosing = HasNegotiated,
        },
        DurableEvent.FundingSpent spent => Closing.Of(this, spent),
        DurableEvent.StateLost lost => new WaitForRemoteClose(Commitments, Transient.Disconnected() with { Link = Transient.Link }, lost.Proven, lost.RemoteCommitmentNumber)
        {
            UnconfirmedFunding = UnconfirmedFunding,
            FundingAwaitedSince = FundingAwaitedSince,
        },
        DurableEvent.ChannelClosed closed => new Closed(Commitments, TransientState.None with { Preimages = Transient.Preimages, Acknowledged = Transient.Acknowledged }, closed.Reason)
        {
            ClosingTransaction = closed.Closing,
            ConfirmedAt = closed.BlockHeight,
            FinalAt = closed.FinalAt,
            Before = closed.FinalAt > 0 ? this with { Transient = TransientState.None } : null,
        },
        _ => null,
    };

    // That its failure was acknowledged says nothing of the preimage that has come now.
    private TransientState WithoutFailure(TransientState transient, LearnedPreimage learned)
    {
        var isNews = Commitments.Outgoing.Find(learned.HtlcId) is { Result: HtlcResult.Failed } && transient.Preimages.Items.All(one => one.HtlcId != learned.HtlcId);
        return isNews ? transient with { Acknowledged = transient.Acknowledged.Items.RemoveAll(one => one == Commitments.Outgoing.Find(learned.HtlcId)!.Origin) } : transient;
    }

    /// <summary>The same with its funding output at another place.</summary>
    private protected virtual FundedState At(ShortChannelId place) => this;

    private FundedState AfterFunding(DurableEvent.FundingConfirmed confirmed)
    {
        var funded = this with
        {
            Commitments = Commitments with { FundedAt = confirmed.BlockHeight }, FundingAwaitedSince = null, Transient = Transient with { Audit = FundingStatus.Unspent },
        };
        return funded.At(FundingWait.PlaceOf(Commitments, confirmed));
    }

    private FundedState Tells(ChannelGossip gossip) => this with { Commitments = Commitments with { Gossip = gossip } };

    private ChannelState? AfterForward(DurableEvent.ForwardFixed forward) => Commitments.Incoming.TryGetValue(forward.HtlcId, out var htlc)
        ? this with { Commitments = Commitments with { Incoming = Commitments.Incoming.SetItem(forward.HtlcId, htlc with { Forward = forward.Outgoing }) } }
        : null;
}
