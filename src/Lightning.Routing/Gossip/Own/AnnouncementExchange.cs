using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Own;

/// <summary>
/// The exchange of announcement_signatures for one channel (BOLT 7). Nothing of it need be durable: after a restart the peer is sent our signatures again, and
/// answers with its own.
/// </summary>
public sealed class AnnouncementExchange
{
    private readonly ChannelAnnouncement _unsigned;
    private readonly NodeId _peer;
    private readonly AnnouncementSignatures _own;
    private AnnouncementSignatures? _deferred;
    private AnnouncementSignatures? _theirs;
    private bool _isSent;
    private bool _isAsked;
    private bool _isAnnounced;

    /// <summary>Prepares.</summary>
    /// <param name="unsigned">What both sides sign (<see cref="ChannelAnnouncements.Unsigned"/>).</param>
    /// <param name="peer">The peer.</param>
    /// <param name="own">Our signatures of it.</param>
    public AnnouncementExchange(ChannelAnnouncement unsigned, NodeId peer, AnnouncementSignatures own)
    {
        ArgumentNullException.ThrowIfNull(unsigned);
        ArgumentNullException.ThrowIfNull(own);
        _unsigned = unsigned;
        _peer = peer;
        _own = own;
    }

    /// <summary>A new connection: it is not known what the peer has.</summary>
    public void Connected() => _isSent = _isAsked = false;

    /// <summary>Something has changed: a block, channel_ready, a connection.</summary>
    /// <param name="conditions">How the channel stands.</param>
    public AnnouncementStep Proceed(AnnouncementConditions conditions)
    {
        if (_deferred is { } early && conditions.IsReadySent)
        {
            _deferred = null;
            return Take(early, conditions);
        }

        return Finish(conditions);
    }

    /// <summary>The peer's signatures.</summary>
    /// <param name="signatures">The message.</param>
    /// <param name="conditions">How the channel stands.</param>
    public AnnouncementStep Receive(AnnouncementSignatures signatures, AnnouncementConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        if (signatures.ShortChannelId != _unsigned.ShortChannelId)
            return new AnnouncementStep(Warning: $"announcement_signatures: the channel is {_unsigned.ShortChannelId}, not {signatures.ShortChannelId}");
        if (conditions.IsReadySent) return Take(signatures, conditions);
        _deferred = signatures;
        return default;
    }

    private AnnouncementStep Take(AnnouncementSignatures signatures, AnnouncementConditions conditions)
    {
        if (!GossipSignatures.Verify(_unsigned, signatures, _peer)) return new AnnouncementStep(Warning: "announcement_signatures: a signature is not valid");
        _theirs = signatures;
        _isAsked = true;
        return Finish(conditions);
    }

    private AnnouncementStep Finish(AnnouncementConditions conditions)
    {
        if (!conditions.AreMet) return default;

        // Who has the peer's signatures sends its own only when it gets them again, and once for each connection: answers to answers would never end.
        var send = (_theirs is null || _isAsked) && !_isSent ? _own : null;
        _isSent |= send is not null;
        if (_theirs is null || _isAnnounced) return new AnnouncementStep(send);
        _isAnnounced = true;
        var self = _unsigned.NodeId1 == _peer ? _unsigned.NodeId2 : _unsigned.NodeId1;
        var half = GossipSignatures.WithSignatures(_unsigned, self, _own.NodeSignature, _own.BitcoinSignature);
        return new AnnouncementStep(send, GossipSignatures.WithSignatures(half, _peer, _theirs.NodeSignature, _theirs.BitcoinSignature));
    }
}
