using Lightning.Actors.Channels;
using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Actors.Forwarding;

/// <summary>A channel that an HTLC might go out by, as this process knows it.</summary>
/// <param name="Key">The channel.</param>
/// <param name="IsUsable">Whether it takes HTLCs now.</param>
/// <param name="IsClosing">Whether it never will again.</param>
/// <param name="IsDisabled">Whether the network was told that it takes none.</param>
/// <param name="Terms">The terms that are honoured, the present ones first.</param>
/// <param name="Available">The largest HTLC that can go out now; asked for only where there is a choice.</param>
/// <param name="HasRoomFor">Whether one more HTLC of a peer leaves enough room to those of others.</param>
internal sealed record OutgoingChannel(
    LocalChannelKey Key,
    bool IsUsable,
    bool IsClosing,
    bool IsDisabled,
    IEnumerable<ForwardingPolicy> Terms,
    Func<MilliSatoshi> Available,
    Func<ForwardRequest, bool> HasRoomFor)
{
    /// <summary>As the directory has it.</summary>
    /// <param name="entry">The channel.</param>
    /// <param name="node">The node's terms for all channels.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxShare">How much of its slots, and of the value that may be in flight, the HTLCs of one peer may hold, in percent.</param>
    /// <param name="peerOf">The peer of a channel; null where it is not known.</param>
    public static OutgoingChannel Of(ChannelEntry entry, ForwardingTerms node, DateTimeOffset now, int maxShare, Func<LocalChannelKey, NodeId?> peerOf)
    {
        var funded = entry.Funded!;
        return new OutgoingChannel(
            entry.Key,
            entry.IsUsable,
            entry.IsClosing || entry.State is not (OperatingState or WaitForFundingSigned or WaitForFundingConfirmed or WaitForChannelReady),
            funded.Commitments.Gossip.Told is { IsDisabled: true },
            ChannelGossip.Honoured(funded.Commitments, node, now),
            () => AvailableBalance.ToSend(funded),
            request => HasRoom(funded, request, maxShare, peerOf));
    }

    // Counted one by one only where the channel is so full that it may matter. Alone one HTLC may take all: only what hangs keeps others out.
    private static bool HasRoom(FundedState funded, ForwardRequest request, int maxShare, Func<LocalChannelKey, NodeId?> peerOf)
    {
        var most = Math.Max(1, funded.Parameters.Remote.MaxAcceptedHtlcs * maxShare / 100);
        var capacity = funded.Commitments.Latest.Funding.Capacity.ToMilliSatoshi().Value;
        var mostValue = (long)((Int128)Math.Min(capacity, funded.Parameters.Remote.MaxHtlcValueInFlight.Value) * maxShare / 100);
        var (count, value) = (0, 0L);
        var htlcs = funded.Commitments.Latest.LatestRemoteSpec.Htlcs;
        foreach (var htlc in htlcs)
        {
            if (htlc.Direction == HtlcDirection.Received) (count, value) = (count + 1, value + htlc.Amount.Value);
        }

        if (count < most && value + request.Onion.Amount.Value <= mostValue) return true;
        (count, value) = (0, 0);
        foreach (var htlc in htlcs)
        {
            if (htlc.Direction != HtlcDirection.Received || funded.Commitments.Outgoing.Find(htlc.Id)?.Origin is not HtlcOrigin.Relayed relayed) continue;
            if (relayed.Channel == request.Incoming || peerOf(relayed.Channel) == request.Peer) (count, value) = (count + 1, value + htlc.Amount.Value);
        }

        return count < most && (count == 0 || value + request.Onion.Amount.Value <= mostValue);
    }
}
