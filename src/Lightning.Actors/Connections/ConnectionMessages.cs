using System.Collections.Immutable;
using Akka.Actor;
using Lightning.Actors.Serialization;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Connections;

/// <summary>Asks the connections of this process to call a peer; <see cref="Peers.ConnectionUp"/> or <see cref="Peers.DialFailed"/> goes to the peer's entity.</summary>
/// <param name="Peer">Whom.</param>
/// <param name="Host">Where.</param>
/// <param name="Port">TCP port.</param>
internal sealed record Dial(NodeId Peer, string Host, int Port);

/// <summary>The peer's entity has taken the connection: these of its channels are reached over it.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Routes">Channel ids of the wire and our keys for them.</param>
internal sealed record ConnectionAdopted(ConnectionId Connection, ImmutableArray<ChannelRoute> Routes) : ISerialized;

/// <summary>One more channel is reached over the connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Route">The channel's id on the wire and our key for it.</param>
internal sealed record AddRoute(ConnectionId Connection, ChannelRoute Route) : ISerialized;

/// <summary>A channel id of the wire means nothing any more.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Id">The id.</param>
internal sealed record RemoveRoute(ConnectionId Connection, ChannelId Id) : ISerialized;

/// <summary>A channel's id on the wire, temporary or final, and our own key for it.</summary>
/// <param name="Id">The id.</param>
/// <param name="Channel">The key.</param>
internal readonly record struct ChannelRoute(ChannelId Id, LocalChannelKey Channel);

/// <summary>The channel's present incarnation: its messages go straight to it, and what an earlier one sends is refused.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Epoch">The incarnation's epoch.</param>
/// <param name="Entity">The incarnation.</param>
internal sealed record AttachChannel(ConnectionId Connection, LocalChannelKey Channel, long Epoch, IActorRef Entity) : ISerialized;

/// <summary>
/// A channel has started again and wants the connection. It is told of it, unless an earlier incarnation used it: that one's place in the stream
/// is lost, so that the peer's entity is asked to drop the connection.
/// </summary>
/// <param name="Connection">The connection.</param>
/// <param name="Route">The channel.</param>
/// <param name="Epoch">The new incarnation's epoch.</param>
/// <param name="Features">What both nodes support.</param>
internal sealed record OfferConnection(ConnectionId Connection, ChannelRoute Route, long Epoch, ChannelFeatures Features) : ISerialized;

/// <summary>A channel's message for its peer.</summary>
/// <param name="Connection">The connection that it is meant for: dropped by any other.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Epoch">Of the incarnation that sends it: refused below that of <see cref="AttachChannel"/>.</param>
/// <param name="Message">The message.</param>
internal sealed record ChannelOutbound(ConnectionId Connection, LocalChannelKey Channel, long Epoch, LightningMessage Message) : ISerialized;

/// <summary>A message for the peer that belongs to no channel.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Message">The message.</param>
internal sealed record PeerOutbound(ConnectionId Connection, LightningMessage Message) : ISerialized;

/// <summary>So many messages of the peer have been dealt with: as many more may be read.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Count">How many.</param>
internal sealed record InboundHandled(ConnectionId Connection, int Count) : ISerialized;

/// <summary>Ends the connection after what was sent.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Reason">For the log.</param>
internal sealed record CloseConnection(ConnectionId Connection, string Reason) : ISerialized;
