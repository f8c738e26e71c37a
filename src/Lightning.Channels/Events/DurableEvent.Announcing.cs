using Lightning.Channels.Announcing;

namespace Lightning.Channels.Events;

/// <content>What both nodes tell of the channel (BOLT 7).</content>
public abstract partial record DurableEvent
{
    /// <summary>The peer's announcement_signatures, verified: the channel can be announced. Undone where the funding output moves (<see cref="FundingConfirmed"/> again, at another place).</summary>
    /// <param name="Signatures">The peer's half of the announcement.</param>
    public sealed record AnnouncementReceived(PeerSignatures Signatures) : DurableEvent;

    /// <summary>The operator set terms for the channel.</summary>
    /// <param name="Terms">All of them, those set before included.</param>
    /// <param name="At">When: the terms before are honoured for some time after.</param>
    public sealed record PolicySet(ForwardingTerms Terms, DateTimeOffset At) : DurableEvent;

    /// <summary>A channel_update of this node leaves. Its signature is made again when needed.</summary>
    /// <param name="Update">What it says.</param>
    public sealed record PolicyTold(PolicyUpdate Update) : DurableEvent;

    /// <summary>The peer's channel_update, verified, with terms that are new.</summary>
    /// <param name="Update">What it says.</param>
    public sealed record PeerPolicyReceived(PolicyUpdate Update) : DurableEvent;
}
