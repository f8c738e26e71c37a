using Lightning.Actors.Serialization;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Peers;

/// <summary>The peer can be called at this address.</summary>
internal sealed record PeerAddressLearned(string Host, int Port) : ISerialized;

/// <summary>Whether the operator wants the peer to be connected at all times.</summary>
internal sealed record PeerKept(bool Keep) : ISerialized;

/// <summary>A channel with the peer has its final id on the wire.</summary>
internal sealed record PeerChannelAssigned(LocalChannelKey Channel, ChannelId Id) : ISerialized;

/// <summary>A channel with the peer is over.</summary>
internal sealed record PeerChannelForgotten(LocalChannelKey Channel) : ISerialized;
