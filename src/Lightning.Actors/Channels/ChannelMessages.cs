using Akka.Actor;
using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;
using Lightning.Channels.Backup;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Channels;

/// <summary>A message for the entity of one channel.</summary>
internal abstract record ChannelMessage(LocalChannelKey Channel) : IEntityMessage, ISerialized
{
    /// <inheritdoc/>
    public string EntityId => Channel.ToString();
}

/// <summary>A command for the channel's pure half.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Command">The command.</param>
internal sealed record ChannelRequest(LocalChannelKey Channel, ChannelCommand Command) : ChannelMessage(Channel);

/// <summary>The peer is connected, and the channel may use the connection.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Actor">Its actor.</param>
/// <param name="Features">What both nodes support.</param>
internal sealed record ChannelConnected(LocalChannelKey Channel, ConnectionId Connection, IActorRef Actor, ChannelFeatures Features) : ChannelMessage(Channel);

/// <summary>The connection is gone.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Connection">The connection.</param>
internal sealed record ChannelDisconnected(LocalChannelKey Channel, ConnectionId Connection) : ChannelMessage(Channel);

/// <summary>A message of the peer about the channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Connection">Where it came from.</param>
/// <param name="Message">The message.</param>
internal sealed record ChannelInbound(LocalChannelKey Channel, ConnectionId Connection, LightningMessage Message) : ChannelMessage(Channel);

/// <summary>Opens a channel over a connection; the sender is answered when the funding is published or the opening has failed.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Actor">The connection's actor.</param>
/// <param name="Command">What to open.</param>
internal sealed record BeginOpening(LocalChannelKey Channel, IActorRef Actor, ChannelCommand.OpenAsInitiator Command) : ChannelMessage(Channel);

/// <summary>Answers a peer that wants to open a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Actor">The connection's actor.</param>
/// <param name="Command">What to accept.</param>
internal sealed record BeginAccepting(LocalChannelKey Channel, IActorRef Actor, ChannelCommand.AcceptOpen Command) : ChannelMessage(Channel);

/// <summary>The peer's entity knows the channel by its final id, durably.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record ChannelIdAssigned(LocalChannelKey Channel) : ChannelMessage(Channel);

/// <summary>The registry knows the channel, durably.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record ChannelRegistered(LocalChannelKey Channel) : ChannelMessage(Channel);

/// <summary>Starts the channel if it is not awake. Answered by <see cref="ChannelAwake"/> once it has recovered.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record WakeChannel(LocalChannelKey Channel) : ChannelMessage(Channel);

/// <summary>What a backup holds of the channel: where its journal has nothing, the channel is made of it. Answered by <see cref="ChannelAwake"/>, and by a registration once it is durable.</summary>
/// <param name="Backup">What is known of it.</param>
internal sealed record RestoreChannel(ChannelBackup Backup) : ChannelMessage(Backup.Parameters.Key);

/// <summary>The wallet holds coins for the channel's funding, and starts anew: the channel is woken, and where nothing is known of it the coins are free again.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record CoinsHeld(LocalChannelKey Channel) : ChannelMessage(Channel);

/// <summary>The channel is awake.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record ChannelAwake(LocalChannelKey Channel) : ISerialized;

/// <summary>The node that a part was offered to takes it: the channel settles the HTLC.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="HtlcId">The incoming HTLC.</param>
/// <param name="Preimage">Its preimage.</param>
internal sealed record SettlePart(LocalChannelKey Channel, ulong HtlcId, PaymentPreimage Preimage) : ChannelMessage(Channel);

/// <summary>The part is refused: the channel fails the HTLC.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="HtlcId">The incoming HTLC.</param>
/// <param name="Failure">What its sender is told.</param>
internal sealed record FailPart(LocalChannelKey Channel, ulong HtlcId, FailureMessage Failure) : ChannelMessage(Channel);

/// <summary>What became of an HTLC that was forwarded, told to the channel it came in by.</summary>
/// <param name="Channel">The incoming channel.</param>
/// <param name="HtlcId">The incoming HTLC.</param>
/// <param name="Outgoing">The channel that it was forwarded by.</param>
internal abstract record ForwardNews(LocalChannelKey Channel, ulong HtlcId, LocalChannelKey Outgoing) : ChannelMessage(Channel);

/// <summary>It is offered to the next peer: it need not be repeated.</summary>
internal sealed record ForwardAccepted(LocalChannelKey Channel, ulong HtlcId, LocalChannelKey Outgoing) : ForwardNews(Channel, HtlcId, Outgoing);

/// <summary>The channel refused it, for ever.</summary>
internal sealed record ForwardRefused(LocalChannelKey Channel, ulong HtlcId, LocalChannelKey Outgoing, AddRefusal Reason) : ForwardNews(Channel, HtlcId, Outgoing);

/// <summary>It is paid.</summary>
internal sealed record ForwardFulfilled(LocalChannelKey Channel, ulong HtlcId, LocalChannelKey Outgoing, PaymentPreimage Preimage, AttributionData? AttributionData = null)
    : ForwardNews(Channel, HtlcId, Outgoing);

/// <summary>It failed, irrevocably.</summary>
internal sealed record ForwardFailed(LocalChannelKey Channel, ulong HtlcId, LocalChannelKey Outgoing, HtlcFailure Failure) : ForwardNews(Channel, HtlcId, Outgoing);
