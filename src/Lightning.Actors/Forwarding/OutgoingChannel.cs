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
/// <param name="HasRoomFor">Whether one more HTLC of an incoming channel leaves enough room to those of others.</param>
internal sealed record OutgoingChannel(
    LocalChannelKey Key,
    bool IsUsable,
    bool IsClosing,
    bool IsDisabled,
    IEnumerable<ForwardingPolicy> Terms,
    Func<MilliSatoshi> Available,
    Func<LocalChannelKey, bool> HasRoomFor)
{
    /// <summary>As the directory has it.</summary>
    /// <param name="entry">The channel.</param>
    /// <param name="node">The node's terms for all channels.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxShare">How much of its slots the HTLCs of one incoming channel may hold, in percent.</param>
    public static OutgoingChannel Of(ChannelEntry entry, ForwardingTerms node, DateTimeOffset now, int maxShare)
    {
        var funded = entry.Funded!;
        return new OutgoingChannel(
            entry.Key,
            entry.IsUsable,
            entry.IsClosing || entry.State is not (OperatingState or WaitForFundingSigned or WaitForFundingConfirmed or WaitForChannelReady),
            funded.Commitments.Gossip.Told is { IsDisabled: true },
            ChannelGossip.Honoured(funded.Commitments, node, now),
            () => AvailableBalance.ToSend(funded),
            incoming => HasRoom(funded, incoming, maxShare));
    }

    // Counted one by one only where the channel is so full that it may matter.
    private static bool HasRoom(FundedState funded, LocalChannelKey incoming, int maxShare)
    {
        var most = Math.Max(1, funded.Parameters.Remote.MaxAcceptedHtlcs * maxShare / 100);
        var htlcs = funded.Commitments.Latest.LatestRemoteSpec.Htlcs;
        if (htlcs.Length < most) return true;
        var count = 0;
        foreach (var htlc in htlcs)
        {
            if (htlc.Direction == HtlcDirection.Received && funded.Commitments.Outgoing.Find(htlc.Id)?.Origin is HtlcOrigin.Relayed relayed && relayed.Channel == incoming) count++;
        }

        return count < most;
    }
}
