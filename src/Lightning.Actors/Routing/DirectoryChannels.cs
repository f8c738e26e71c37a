using System.Runtime.CompilerServices;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Channels.Updates;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Routing;

/// <summary>Our own channels as the directory of this process has them. What is computed of a channel's state is kept as long as the state is.</summary>
internal sealed class DirectoryChannels(NodeRuntime node) : ILocalChannels
{
    private readonly ConditionalWeakTable<ChannelEntry, LocalChannel> _channels = [];

    /// <inheritdoc/>
    public IReadOnlyList<UsableChannel> Usable()
    {
        var all = node.Directory.All;
        var usable = new List<UsableChannel>(all.Count);
        foreach (var entry in all)
        {
            if (!entry.IsUsable || entry.Funded is not { } funded || (entry.ShortChannelId ?? entry.RemoteAlias) is not { } name) continue;
            var channel = _channels.GetValue(
                entry, _ => new LocalChannel(name, funded.Parameters.Peer, AvailableBalance.ToSend(funded), funded.Parameters.Remote.HtlcMinimum));
            usable.Add(new UsableChannel(entry.Key, channel, entry));
        }

        return usable;
    }

    /// <inheritdoc/>
    public IReadOnlyList<PrivateChannel> Private()
    {
        List<PrivateChannel> found = [];
        var all = node.Directory.All.OrderBy(static entry => entry.ShortChannelId).ToArray();
        var ids = all.Select(static entry => entry.ShortChannelId).ToHashSet();
        Dictionary<ShortChannelId, NodeId?> aliases = [];
        foreach (var entry in all)
        {
            // BOLT 2 forbids an alias that is the id of a channel, and two peers can hit on the same one: an invoice would lead its payer astray by it. Such a channel
            // goes by its own id; of those that claim one alias the oldest has it, so that no new peer takes it away.
            var alias = entry.RemoteAlias is { } given && !ids.Contains(given) && (aliases.TryAdd(given, entry.Peer) || aliases[given] == entry.Peer) ? given : (ShortChannelId?)null;
            if (!entry.IsUsable || entry.Funded is not { } funded || funded.Parameters.Announce || (alias ?? entry.ShortChannelId) is not { } name) continue;
            var receivable = AvailableBalance.ToReceive(funded);
            if (receivable <= MilliSatoshi.Zero) continue;

            // An alias is what the peer forwards by, and does not say where the money stands.
            // What the peer charges is in its channel_update; before that came, our own terms are the best guess.
            var terms = funded.Commitments.Gossip.Heard?.Policy;
            found.Add(new PrivateChannel(
                funded.Parameters.Peer,
                name,
                receivable,
                terms?.FeeBase ?? node.Policy.FeeBase,
                terms?.FeeProportionalMillionths ?? node.Policy.FeeProportionalMillionths,
                terms?.CltvExpiryDelta ?? node.Policy.CltvExpiryDelta));
        }

        return found;
    }
}
