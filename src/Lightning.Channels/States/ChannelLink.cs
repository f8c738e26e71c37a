using Lightning.Channels.Parameters;

namespace Lightning.Channels.States;

/// <summary>A channel's connection.</summary>
/// <param name="Status">How far it has come.</param>
/// <param name="Connection">Which one; meaningless while offline.</param>
/// <param name="Features">What both nodes support; none while offline.</param>
public sealed record ChannelLink(LinkStatus Status, ConnectionId Connection, ChannelFeatures Features)
{
    /// <summary>No connection.</summary>
    public static ChannelLink Offline { get; } = new(LinkStatus.Offline, default, ChannelFeatures.None);

    /// <summary>Whether messages flow.</summary>
    public bool IsOnline => Status == LinkStatus.Online;

    /// <summary>Whether both nodes support a feature.</summary>
    public bool Has(ChannelFeatures feature) => (Features & feature) == feature;
}
