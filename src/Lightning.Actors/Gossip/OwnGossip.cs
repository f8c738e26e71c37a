using Lightning.Actors.Serialization;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Gossip;

/// <summary>What the network is to hear of this node's own channels: a channel_announcement with all four signatures, or this node's channel_update. Comes again with each start of the channel.</summary>
/// <param name="Message">Signed, and true at that moment.</param>
internal sealed record OwnGossip(LightningMessage Message) : ISerialized;
