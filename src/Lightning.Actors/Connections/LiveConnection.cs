using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;

namespace Lightning.Actors.Connections;

/// <summary>One open connection of this process, for lists: read from any thread.</summary>
internal sealed class LiveConnection(ConnectionId id, IPeerLink link, bool inbound)
{
    private long _pingTicks = -1;

    /// <summary>Its name.</summary>
    public ConnectionId Id { get; } = id;

    /// <summary>The peer.</summary>
    public NodeId Peer => link.Remote;

    /// <summary>Where the peer is.</summary>
    public string Address => link.RemoteEndPoint;

    /// <summary>Whether the peer called us.</summary>
    public bool Inbound { get; } = inbound;

    /// <summary>The peer's features.</summary>
    public FeatureSet Features => link.RemoteInit.AllFeatures;

    /// <summary>Bytes sent.</summary>
    public long BytesSent => link.BytesSent;

    /// <summary>Bytes received.</summary>
    public long BytesReceived => link.BytesReceived;

    /// <summary>How long the last ping took; null before the first.</summary>
    public TimeSpan? PingTime
    {
        get => Interlocked.Read(ref _pingTicks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;
        set => Interlocked.Exchange(ref _pingTicks, value?.Ticks ?? -1);
    }
}
