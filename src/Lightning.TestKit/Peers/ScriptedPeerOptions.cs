using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit;

/// <summary>How a scripted peer presents itself. Unless told otherwise it looks like a node of the network.</summary>
public sealed record ScriptedPeerOptions
{
    /// <summary>Feature bits of its <c>init</c> (BOLT 1, BOLT 9).</summary>
    public FeatureSet Features { get; init; } = DefaultFeatures.Init;

    /// <summary>Changes its <c>init</c>, which otherwise has <see cref="Features"/> and names the network's chain.</summary>
    public Func<Init, LightningMessage>? Init { get; init; }

    /// <summary>What it says first in place of <c>init</c>: a whole message with its type, or no message at all. Null for <c>init</c>.</summary>
    public Bytes? FirstBytes { get; init; }

    /// <summary>Whether it answers pings by itself (BOLT 1).</summary>
    public bool AnswersPings { get; init; } = true;

    /// <summary>Whether gossip (BOLT 7: announcements and their signatures, updates, queries, filters) counts among what is expected; otherwise it is only kept in <see cref="ScriptedPeer.Received"/>.</summary>
    public bool HearsGossip { get; init; }

    /// <summary>Whether its channels tell their terms (<c>channel_update</c>) and sign announcements (<c>announcement_signatures</c>), as an honest peer's do; otherwise they keep still.</summary>
    public bool TellsGossip { get; init; }

    /// <summary>What the honest side of its channels offers and accepts; the limits that a node of the network has by default.</summary>
    public ChannelConfig Channels { get; init; } = new() { Network = Network.Regtest };

    /// <summary>The feerate of the channels that it opens.</summary>
    public FeeratePerKw Feerate { get; init; } = new(2_500);
}
