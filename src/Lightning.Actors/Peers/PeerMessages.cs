using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Peers;

/// <summary>A message for the entity of one peer.</summary>
internal abstract record PeerMessage(NodeId Peer) : IEntityMessage, ISerialized
{
    /// <inheritdoc/>
    public string EntityId => Peer.ToString();
}

/// <summary>A connection to the peer has exchanged init. Repeated from time to time, so that an entity that started again learns of it.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Connection">The connection's name.</param>
/// <param name="Actor">Its actor.</param>
/// <param name="Features">The peer's features.</param>
/// <param name="Address">Where the peer is, <c>address:port</c>.</param>
/// <param name="Inbound">Whether the peer called us.</param>
internal sealed record ConnectionUp(NodeId Peer, ConnectionId Connection, IActorRef Actor, FeatureSet Features, string Address, bool Inbound) : PeerMessage(Peer);

/// <summary>A connection to the peer is gone.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Reason">For the log.</param>
internal sealed record ConnectionDown(NodeId Peer, ConnectionId Connection, string Reason) : PeerMessage(Peer);

/// <summary>Calling the peer did not succeed.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Reason">Why.</param>
internal sealed record DialFailed(NodeId Peer, string Reason) : PeerMessage(Peer);

/// <summary>A message of the peer that is for no channel known to the connection.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Connection">Where it came from.</param>
/// <param name="Message">The message.</param>
internal sealed record PeerInbound(NodeId Peer, ConnectionId Connection, LightningMessage Message) : PeerMessage(Peer);

/// <summary>Connects to the peer. Answered by <see cref="Done"/> or <see cref="Refused"/>.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Host">Where.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Persistent">Whether to connect again whenever the connection is lost.</param>
internal sealed record ConnectPeer(NodeId Peer, string Host, int Port, bool Persistent) : PeerMessage(Peer);

/// <summary>Where a backup says that the peer of a restored channel is: used where nothing better is known.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Host">Where.</param>
/// <param name="Port">TCP port.</param>
internal sealed record LearnAddress(NodeId Peer, string Host, int Port) : PeerMessage(Peer);

/// <summary>Connects to the peer now and whenever the connection is lost. Answered by <see cref="Done"/> once that is durable.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Host">Where.</param>
/// <param name="Port">TCP port.</param>
internal sealed record KeepPeer(NodeId Peer, string Host, int Port) : PeerMessage(Peer);

/// <summary>Wakes the entity of a peer that is to be connected at all times, after its process has ended.</summary>
/// <param name="Peer">The peer.</param>
internal sealed record WakePeer(NodeId Peer) : PeerMessage(Peer);

/// <summary>Ends the connection and makes no new one. Answered by <see cref="Done"/> or <see cref="Refused"/>.</summary>
/// <param name="Peer">The peer.</param>
internal sealed record DisconnectPeer(NodeId Peer) : PeerMessage(Peer);

/// <summary>Opens a channel to the peer. Answered by <see cref="ChannelOpened"/> or <see cref="Refused"/>.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Amount">funding_satoshis.</param>
/// <param name="Push">push_msat.</param>
/// <param name="Announce">Whether to announce it.</param>
/// <param name="FundingFeerate">Of the funding transaction; null for the estimate.</param>
/// <param name="CloseScript">Where our money goes at a mutual close; empty for an address of the wallet.</param>
internal sealed record OpenChannelTo(NodeId Peer, Satoshi Amount, MilliSatoshi Push, bool Announce, FeeratePerKw? FundingFeerate, Bytes CloseScript) : PeerMessage(Peer);

/// <summary>A channel's funding transaction is published.</summary>
/// <param name="Funding">Its funding output.</param>
internal sealed record ChannelOpened(OutPoint Funding) : ISerialized;

/// <summary>A channel has recovered and wants the connection.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Id">Its id on the wire.</param>
/// <param name="Epoch">The incarnation's epoch.</param>
internal sealed record ChannelRecovered(NodeId Peer, LocalChannelKey Channel, ChannelId Id, long Epoch) : PeerMessage(Peer);

/// <summary>A channel has its final id. Answered by <see cref="Channels.ChannelIdAssigned"/> once that is durable; repeated until then.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Channel">The channel.</param>
/// <param name="TemporaryId">The id so far.</param>
/// <param name="Id">The id from now on.</param>
internal sealed record AssignChannelId(NodeId Peer, LocalChannelKey Channel, ChannelId TemporaryId, ChannelId Id) : PeerMessage(Peer);

/// <summary>A channel that used the connection has started again: reestablishing needs a new one.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Connection">The connection.</param>
internal sealed record DropConnection(NodeId Peer, ConnectionId Connection) : PeerMessage(Peer);

/// <summary>A channel's funding is confirmed: it no longer counts as an opening in progress.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Channel">The channel.</param>
internal sealed record ChannelIsReady(NodeId Peer, LocalChannelKey Channel) : PeerMessage(Peer);

/// <summary>A channel is over, or an opening ended without one.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Channel">The channel.</param>
internal sealed record ChannelIsGone(NodeId Peer, LocalChannelKey Channel) : PeerMessage(Peer);
