using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Events;

/// <summary>An event that is applied but never written: a crash loses it, and the protocol allows that.</summary>
public abstract record TransientEvent : ChannelEvent
{
    private TransientEvent()
    {
    }

    /// <inheritdoc/>
    public override bool IsDurable => false;

    /// <summary>open_channel leaves.</summary>
    /// <param name="Command">What was asked.</param>
    /// <param name="Local">This node's parameters.</param>
    /// <param name="Feerate">feerate_per_kw.</param>
    public sealed record OpenSent(ChannelCommand.OpenAsInitiator Command, PartyParameters Local, FeeratePerKw Feerate) : TransientEvent;

    /// <summary>A valid accept_channel; the wallet is asked for the funding transaction.</summary>
    /// <param name="Remote">The peer's parameters.</param>
    /// <param name="MinimumDepth">minimum_depth in blocks.</param>
    /// <param name="FirstPoint">first_per_commitment_point.</param>
    public sealed record AcceptReceived(PartyParameters Remote, uint MinimumDepth, PubKey FirstPoint) : TransientEvent;

    /// <summary>accept_channel leaves.</summary>
    /// <param name="Parameters">What never changes.</param>
    /// <param name="Open">The open_channel it answers.</param>
    /// <param name="Connection">The connection.</param>
    /// <param name="Features">What both nodes support.</param>
    public sealed record AcceptSent(ChannelParameters Parameters, OpenChannel Open, ConnectionId Connection, ChannelFeatures Features) : TransientEvent;

    /// <summary>The opening ended before anything was durable.</summary>
    /// <param name="Reason">For people.</param>
    public sealed record OpenAborted(string Reason) : TransientEvent;

    /// <summary>Something is known of claims on chain, or was asked for them.</summary>
    internal sealed record ClaimsFollowed(Claims.ClaimsInFlight Claims) : TransientEvent;

    /// <summary>The connection is gone: the peer's updates without a commitment_signed are undone.</summary>
    public sealed record ConnectionLost : TransientEvent;

    /// <summary>The peer's channel_reestablish fits: the channel goes on over the connection.</summary>
    public sealed record Reestablished : TransientEvent;

    /// <summary>The chain said how the funding output stands.</summary>
    /// <param name="Status">How.</param>
    public sealed record FundingAudited(FundingStatus Status) : TransientEvent;

    /// <summary>The chain said that nothing spends an HTLC's output.</summary>
    /// <param name="Output">The output.</param>
    public sealed record OutputUnspent(OutPoint Output) : TransientEvent;

    /// <summary>The chain is asked for a funding transaction that is awaited.</summary>
    public sealed record FundingAskedFor : TransientEvent;

    /// <summary>An update of the peer, valid so far.</summary>
    /// <param name="Update">The update.</param>
    public sealed record UpdateReceived(CommitmentUpdate Update) : TransientEvent;

    /// <summary>The peer's feerate is not taken: too much would be lost to dust.</summary>
    /// <param name="Feerate">The feerate.</param>
    public sealed record FeerateRefused(FeeratePerKw Feerate) : TransientEvent;

    /// <summary>An update of this node waits to be sent.</summary>
    /// <param name="Update">The update.</param>
    /// <param name="Origin">For whom, where it is an add.</param>
    public sealed record UpdateProposed(CommitmentUpdate Update, AddOrigin? Origin) : TransientEvent;

    /// <summary>A feerate that waits to be sent is dropped: it cannot be paid any more.</summary>
    public sealed record FeeDropped : TransientEvent;

    /// <summary>A preimage of an HTLC that this node offered; it is written with the next durable event.</summary>
    /// <param name="Fulfillment">The HTLC and its preimage.</param>
    public sealed record PreimageHeard(LearnedPreimage Fulfillment) : TransientEvent;

    /// <summary>An origin has its result durably; it is written with the next durable event.</summary>
    /// <param name="Origin">The origin.</param>
    public sealed record ResultAcknowledgementHeard(HtlcOrigin Origin) : TransientEvent;

    /// <summary>An open or close command will be answered later.</summary>
    /// <param name="Command">The command; null once it is answered.</param>
    public sealed record CommandHeld(ChannelCommand? Command) : TransientEvent;

    /// <summary>The peer's shutdown came again on a new connection, with the script known.</summary>
    public sealed record ShutdownRepeated : TransientEvent;

    /// <summary>The peer's closing_signed or closing_complete: the next one must be nearer, or pay more.</summary>
    /// <param name="Fee">fee_satoshis.</param>
    public sealed record ClosingSignedReceived(Satoshi Fee) : TransientEvent;

    /// <summary>This node signs a closing transaction for its peer.</summary>
    /// <param name="BlockHeight">Height of the best block.</param>
    public sealed record ClosingCounted(uint BlockHeight) : TransientEvent;

    /// <summary>A closing transaction is in a block of the best chain, or in none any more.</summary>
    /// <param name="Spend">The transaction and its block's height; null for none.</param>
    public sealed record ClosingMined(OnChain.MinedSpend? Spend) : TransientEvent;

    /// <summary>The funding transaction is so deep that the channel may be announced.</summary>
    public sealed record FundingBuried : TransientEvent;

    /// <summary>The peer's announcement_signatures, to be judged once this node would sign too.</summary>
    /// <param name="Signatures">The last ones; null once they are judged.</param>
    public sealed record AnnouncementHeard(AnnouncementSignatures? Signatures) : TransientEvent;

    /// <summary>announcement_signatures leaves.</summary>
    public sealed record AnnouncementSent : TransientEvent;

    /// <summary>A channel_update leaves for the peer.</summary>
    /// <param name="Update">What it says.</param>
    public sealed record PolicySent(PolicyUpdate Update) : TransientEvent;

    /// <summary>The peer is not connected.</summary>
    /// <param name="Since">Since when, as far as this incarnation knows.</param>
    public sealed record PeerAway(DateTimeOffset Since) : TransientEvent;

    /// <summary>A block has come, and the fee of the closing transaction is not agreed on.</summary>
    /// <param name="BlockHeight">Height of the block.</param>
    public sealed record NegotiationLasts(uint BlockHeight) : TransientEvent;
}
