using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>What of a funded channel is in memory only: a crash loses it, and nothing outside relies on it.</summary>
public sealed record TransientState
{
    /// <summary>Nothing: what a new channel starts with.</summary>
    public static TransientState None { get; } = new();

    /// <summary>What a recovered channel starts with.</summary>
    public static TransientState Recovered { get; } = new() { IsRecovered = true };

    /// <summary>The connection.</summary>
    public ChannelLink Link { get; init; } = ChannelLink.Offline;

    /// <summary>Whether the state came from the journal: the peer may have gone on without it, and the funding output may be spent.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>Whether the peer's channel_reestablish has fitted since. It outlives the connection.</summary>
    public bool HasReestablished { get; init; }

    /// <summary>How the funding output of a recovered channel stands on chain; null before that is known.</summary>
    public FundingStatus? Audit { get; init; }

    /// <summary>Whether the funding output is known to be there: before, an HTLC would be taken on, or a preimage given, for money that may be gone.</summary>
    public bool IsAudited => !IsRecovered || Audit == FundingStatus.Unspent;

    /// <summary>Outputs of HTLCs of which the chain has said since a start that nothing spends them. What spends them after that is told.</summary>
    public EquatableArray<OutPoint> Unspent { get; init; }

    /// <summary>Whether the chain was asked for a funding transaction that is awaited, and has not answered.</summary>
    public bool AsksForFunding { get; init; }

    /// <summary>This node's updates that wait for the next commitment_signed.</summary>
    public EquatableArray<ProposedUpdate> Proposed { get; init; }

    /// <summary>The peer's updates since its last commitment_signed.</summary>
    public EquatableArray<CommitmentUpdate> Received { get; init; }

    /// <summary>A feerate of the peer that was not taken, for too much would have been lost to dust: nothing is added to what stands in its way. It outlives the connection.</summary>
    public FeeratePerKw? RefusedFeerate { get; init; }

    /// <summary>Preimages that were passed on and are in no event yet. They outlive the connection.</summary>
    public EquatableArray<LearnedPreimage> Preimages { get; init; }

    /// <summary>Acknowledged results that are in no event yet.</summary>
    public EquatableArray<HtlcOrigin> Acknowledged { get; init; }

    /// <summary>The open or close command to be answered.</summary>
    public ChannelCommand? Command { get; init; }

    /// <summary>The fee of the closing_signed sent last on this connection.</summary>
    public Satoshi? ClosingFeeSent { get; init; }

    /// <summary>The fee of the closing_signed or closing_complete received last on this connection.</summary>
    public Satoshi? ClosingFeeReceived { get; init; }

    /// <summary>Height of the first block at which the fee of the closing transaction was not agreed on. It outlives the connection: who comes and goes gains no time.</summary>
    public uint? NegotiatesSince { get; init; }

    /// <summary>Height of the best block when a closing transaction was signed last; null before one was. It outlives the connection.</summary>
    public uint? ClosingsAt { get; init; }

    /// <summary>How many were signed at that height.</summary>
    public int ClosingsSigned { get; init; }

    /// <summary>The closing transaction that is in a block; null for none. It outlives the connection, and is told again after a restart.</summary>
    public OnChain.MinedSpend? MutualClose { get; init; }

    /// <summary>Whether the peer's shutdown has come on this connection, or is not needed on it: both scripts are known, and closing_complete is sent.</summary>
    public bool ShutdownReceived { get; init; }

    /// <summary>Whether the funding transaction is so deep that the channel may be announced. It outlives the connection, and is told again after a restart.</summary>
    public bool IsBuried { get; init; }

    /// <summary>The peer's announcement_signatures of this connection that were not judged yet; null for none.</summary>
    public AnnouncementSignatures? Announcement { get; init; }

    /// <summary>Whether announcement_signatures went out on this connection.</summary>
    public bool HasSentAnnouncement { get; init; }

    /// <summary>The channel_update that the peer was sent last on this connection.</summary>
    public PolicyUpdate? SentPolicy { get; init; }

    /// <summary>Since when there is no connection, as far as this incarnation knows; null while there is one.</summary>
    public DateTimeOffset? AwaySince { get; init; }

    /// <summary>What is known of claims on chain. It outlives the connection.</summary>
    internal Claims.ClaimsInFlight Claims { get; init; } = Channels.Claims.ClaimsInFlight.None;

    /// <summary>Without the connection, and what it carried.</summary>
    internal TransientState Disconnected() => this with
    {
        Link = ChannelLink.Offline,
        Proposed = [],
        Received = [],
        ClosingFeeSent = null,
        ClosingFeeReceived = null,
        ShutdownReceived = false,
        Announcement = null,
        HasSentAnnouncement = false,
        SentPolicy = null,
    };

    internal TransientState Propose(CommitmentUpdate update, AddOrigin? origin)
    {
        var kept = Proposed.Items;
        // One feerate, and one settlement of an HTLC, go out: the last.
        kept = update switch
        {
            CommitmentUpdate.Fee => kept.RemoveAll(static one => one.Update is CommitmentUpdate.Fee),
            CommitmentUpdate.Settlement settlement => kept.RemoveAll(one => one.Update is CommitmentUpdate.Settlement earlier && earlier.Id == settlement.Id),
            _ => kept,
        };
        return this with { Proposed = kept.Add(new ProposedUpdate(update, origin)) };
    }

    // Of several feerates the last one counts: a peer cannot make the list longer than its HTLCs.
    internal TransientState Receive(CommitmentUpdate update)
    {
        var kept = update is CommitmentUpdate.Fee ? Received.Items.RemoveAll(static one => one is CommitmentUpdate.Fee) : Received.Items;
        return this with { Received = kept.Add(update), RefusedFeerate = update is CommitmentUpdate.Fee ? null : RefusedFeerate };
    }

    internal TransientState Drop(HtlcOrigin origin) => this with { Proposed = Proposed.Items.RemoveAll(one => one.Origin?.Origin == origin) };

    internal TransientState DropPreimages(ChannelEvent happened)
    {
        if (Preimages.IsEmpty) return this;
        return this with
        {
            Preimages = happened switch
            {
                DurableEvent.PreimagesLearned learned => Preimages.Items.RemoveAll(one => learned.Fulfillments.Items.Contains(one)),
                DurableEvent.CommitmentReceived received => Preimages.Items.RemoveAll(one =>
                    received.Updates.Items.Any(update => update is CommitmentUpdate.FulfillHtlc fulfill && fulfill.Id == one.HtlcId)),
                _ => Preimages.Items,
            },
        };
    }

    internal bool HasProposed(HtlcOrigin origin)
    {
        foreach (var one in Proposed)
        {
            if (one.Origin?.Origin == origin) return true;
        }

        return false;
    }

    internal CommitmentUpdate.Settlement? FindProposedSettlement(ulong htlcId)
    {
        foreach (var one in Proposed)
        {
            if (one.Update is CommitmentUpdate.Settlement settlement && settlement.Id == htlcId) return settlement;
        }

        return null;
    }
}
