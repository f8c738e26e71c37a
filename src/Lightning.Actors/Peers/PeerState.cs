using System.Collections.Immutable;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Peers;

/// <summary>What is durable about a peer.</summary>
/// <param name="Host">Where it was last reached; empty where that is not known.</param>
/// <param name="Port">TCP port there.</param>
/// <param name="IsKept">Whether the operator wants it connected at all times.</param>
/// <param name="Channels">Its channels and their ids on the wire.</param>
internal sealed record PeerState(string Host, int Port, bool IsKept, ImmutableSortedDictionary<LocalChannelKey, ChannelId> Channels)
{
    /// <summary>Nothing known.</summary>
    public static PeerState Empty { get; } = new("", 0, false, ImmutableSortedDictionary<LocalChannelKey, ChannelId>.Empty);

    /// <summary>Whether we call the peer again when its connection is lost.</summary>
    public bool WantsConnection => Host.Length > 0 && (IsKept || !Channels.IsEmpty);

    /// <summary>The state after an event.</summary>
    public PeerState Apply(object happened) => happened switch
    {
        PeerAddressLearned learned => this with { Host = learned.Host, Port = learned.Port },
        PeerKept kept => this with { IsKept = kept.Keep },
        PeerChannelAssigned assigned => this with { Channels = Channels.SetItem(assigned.Channel, assigned.Id) },
        PeerChannelForgotten forgotten => this with { Channels = Channels.Remove(forgotten.Channel) },
        _ => throw new InvalidDataException($"{happened.GetType().Name} is no event of a peer."),
    };
}
