using Lightning.Channels.Actions;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Protocol.Features;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Announcing;

/// <summary>
/// announcement_signatures (BOLT 7): sent once the funding is buried, again on each connection as long as the peer's have not come, and in answer to the peer's. What the peer sends is judged no earlier than
/// this node would sign itself, so that both speak of the same place on the same chain. None of it ever ends a channel.
/// </summary>
internal static class Announcements
{
    /// <summary>Blocks that bury a funding transaction so deep that its channel is announced.</summary>
    public const uint Depth = 6;

    /// <summary>Does what is due.</summary>
    public static void Look(Turn turn)
    {
        if (turn.State is not Normal { Parameters.Announce: true, IsBuried: true } state) return;
        if (state.Transient.Announcement is { } heard)
        {
            turn.Record(new TransientEvent.AnnouncementHeard(Signatures: null));
            Judge(turn, state, heard);
        }

        if (turn.State is Normal { Link.IsOnline: true, Transient.HasSentAnnouncement: false, Commitments.Gossip.Signatures: null } now) Send(turn, now);
    }

    /// <summary>The announcement with the signatures of both sides; null before the peer's have come.</summary>
    public static ChannelAnnouncement? Complete(Normal state, IChannelSigner signer, ChannelConfig config) => state.Commitments.Gossip.Signatures is { } theirs
        ? GossipSignatures.WithSignatures(signer.SignAnnouncement(Unsigned(state, signer, config)), state.Parameters.Peer, theirs.Node, theirs.Bitcoin)
        : null;

    private static void Judge(Turn turn, Normal state, AnnouncementSignatures heard)
    {
        if (heard.ShortChannelId != state.ShortChannelId)
        {
            // A reorganisation that one side has not seen yet: nobody's fault.
            turn.Send(new Warning(state.ChannelId, $"announcement_signatures for {heard.ShortChannelId}; the funding output is {state.ShortChannelId}."));
            return;
        }

        if (state.Commitments.Gossip.Signatures is null)
        {
            if (!GossipSignatures.Verify(Unsigned(state, turn.Signer, turn.Config), heard, state.Parameters.Peer))
            {
                // Payments go on: whatever is wrong is known to both now, and costs the channel no more than its announcement.
                turn.Send(new Warning(state.ChannelId, "announcement_signatures with a wrong signature."));
                return;
            }

            turn.Record(new DurableEvent.AnnouncementReceived(new PeerSignatures(heard.ShortChannelId, heard.NodeSignature, heard.BitcoinSignature)));
            state = (Normal)turn.State;
            turn.Act(new ChannelAction.AnnounceChannel(Complete(state, turn.Signer, turn.Config)!));
        }

        // Once on a connection: two that answer each answer would never end.
        if (state is { Link.IsOnline: true, Transient.HasSentAnnouncement: false }) Send(turn, state);
    }

    private static void Send(Turn turn, Normal state)
    {
        var signed = turn.Signer.SignAnnouncement(Unsigned(state, turn.Signer, turn.Config));
        var (node, bitcoin) = signed.NodeId1 == turn.Signer.NodeId ? (signed.NodeSignature1, signed.BitcoinSignature1) : (signed.NodeSignature2, signed.BitcoinSignature2);
        turn.Record(new TransientEvent.AnnouncementSent());
        turn.Send(new AnnouncementSignatures(state.ChannelId, state.ShortChannelId, node, bitcoin));
    }

    // No feature of a channel is of interest to others so far (BOLT 9).
    private static ChannelAnnouncement Unsigned(Normal state, IChannelSigner signer, ChannelConfig config)
    {
        var funding = state.Commitments.Latest.Funding;
        return ChannelAnnouncements.Unsigned(
            config.Network.GenesisHash, state.ShortChannelId, FeatureSet.Empty, signer.NodeId, funding.LocalPubKey, state.Parameters.Peer, funding.RemotePubKey);
    }
}
