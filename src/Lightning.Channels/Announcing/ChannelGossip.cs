using Lightning.Channels.Commitments;
using Lightning.Channels.Events;

namespace Lightning.Channels.Announcing;

/// <summary>What both nodes tell of a channel: to the network once it is announced, to each other before.</summary>
public sealed record ChannelGossip
{
    /// <summary>So long replaced terms are honoured: a change takes its time to spread (BOLT 7).</summary>
    public static readonly TimeSpan OldTermsLast = TimeSpan.FromMinutes(10);

    /// <summary>Nothing was told.</summary>
    public static ChannelGossip None { get; } = new();

    /// <summary>The peer's signatures of the announcement; null before they came, and again where the funding output has moved since.</summary>
    public PeerSignatures? Signatures { get; init; }

    /// <summary>The channel's own terms.</summary>
    public ForwardingTerms Terms { get; init; } = ForwardingTerms.None;

    /// <summary>Terms that were replaced lately, the last first.</summary>
    public EquatableArray<ReplacedTerms> Replaced { get; init; }

    /// <summary>This node's last channel_update; null before the first.</summary>
    public PolicyUpdate? Told { get; init; }

    /// <summary>The peer's channel_update with its present terms; null before the first.</summary>
    public PolicyUpdate? Heard { get; init; }

    /// <summary>The terms on which an HTLC is forwarded over the channel: the present ones first, then those replaced so lately that payers may not know.</summary>
    /// <param name="commitments">The channel's.</param>
    /// <param name="node">The node's terms for all channels.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<ForwardingPolicy> Honoured(ChannelCommitments commitments, ForwardingTerms node, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(commitments);
        var gossip = commitments.Gossip;
        yield return ForwardingPolicy.Of(commitments, gossip.Terms, node);
        foreach (var replaced in gossip.Replaced.Items)
        {
            if (now < replaced.Until) yield return ForwardingPolicy.Of(commitments, replaced.Terms, node);
        }
    }

    internal ChannelGossip Apply(DurableEvent.PolicySet set) => this with
    {
        Terms = set.Terms,
        Replaced = Replaced.Items.RemoveAll(one => one.Until <= set.At).Insert(0, new ReplacedTerms(Terms, set.At + OldTermsLast)),
    };
}
