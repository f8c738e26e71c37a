using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Own;

/// <summary>What is to be done about the announcement of a channel of ours.</summary>
/// <param name="Send">Sent to the peer; null for nothing.</param>
/// <param name="Announce">The announcement with all four signatures, once it is whole; null before, and when it was given out already.</param>
/// <param name="Warning">What is wrong with the peer's message; null for nothing.</param>
public readonly record struct AnnouncementStep(AnnouncementSignatures? Send = null, ChannelAnnouncement? Announce = null, string? Warning = null);
