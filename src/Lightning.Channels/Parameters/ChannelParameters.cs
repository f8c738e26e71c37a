using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Parameters;

/// <summary>What never changes in the life of a channel.</summary>
/// <param name="Key">This node's own name of the channel.</param>
/// <param name="KeyIndex">Where the channel's keys are derived from: enough, with the seed, to find its money.</param>
/// <param name="Peer">The other node.</param>
/// <param name="IsInitiator">Whether this node opened the channel, and so pays its commitment fees.</param>
/// <param name="Type">channel_type.</param>
/// <param name="Announce">Whether the channel is to be announced to the network.</param>
/// <param name="TemporaryId">The id on the wire until funding_created.</param>
/// <param name="Local">This node's parameters.</param>
/// <param name="Remote">The peer's parameters.</param>
/// <param name="ShutdownScript">Where this node's money goes at a mutual close unless the command names another script.</param>
/// <param name="MinimumDepth">minimum_depth of accept_channel: blocks until the channel is used.</param>
public sealed record ChannelParameters(
    LocalChannelKey Key,
    ulong KeyIndex,
    NodeId Peer,
    bool IsInitiator,
    ChannelType Type,
    bool Announce,
    ChannelId TemporaryId,
    PartyParameters Local,
    PartyParameters Remote,
    Script ShutdownScript,
    uint MinimumDepth);
