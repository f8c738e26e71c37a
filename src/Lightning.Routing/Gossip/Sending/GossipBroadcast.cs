using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>
/// Collects news, to be told on together at regular intervals (BOLT 7, "Rebroadcasting"): of several updates of one direction only the last is told. An
/// announcement without any update is put off until the first.
/// </summary>
public sealed class GossipBroadcast(GossipTable table, GossipLimits limits)
{
    private readonly Dictionary<(object Subject, GossipPart Part), int> _places = [];
    private readonly List<BroadcastItem> _order = [];

    /// <summary>How many messages wait.</summary>
    public int Count => _order.Count;

    /// <summary>Looks at what has become of a message: what was accepted is told on, and who sends what waits already is not told.</summary>
    public void Add(GossipOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var from = outcome.Gossip.From;
        switch (outcome)
        {
            case { Verdict: GossipVerdict.Accepted { Kept: true }, Gossip.Message: ChannelUpdate update } when table.Find(update.ShortChannelId) is { } channel:
                if (!channel.Update(update.Direction).IsRelayed) return;
                if (!channel.IsToldOf)
                {
                    channel.IsToldOf = true;
                    Add(channel, GossipPart.Announcement, from);
                }

                Add(channel, PartOf(update), from);
                break;
            case { Verdict: GossipVerdict.Accepted { Kept: true }, Gossip.Message: NodeAnnouncement announcement } when table.Find(announcement.NodeId) is { IsRelayed: true } node:
                Add(node, GossipPart.Node, from);
                break;
            case { Verdict: GossipVerdict.Ignored { Reason: IgnoreReason.Duplicate }, Gossip.Message: ChannelUpdate update } when table.Find(update.ShortChannelId) is { } channel:
                Known(channel, PartOf(update), from);
                break;
            case { Verdict: GossipVerdict.Ignored { Reason: IgnoreReason.Duplicate }, Gossip.Message: ChannelAnnouncement announcement } when table.Find(announcement.ShortChannelId) is { } channel:
                Known(channel, GossipPart.Announcement, from);
                break;
            case { Verdict: GossipVerdict.Ignored { Reason: IgnoreReason.Duplicate }, Gossip.Message: NodeAnnouncement announcement } when table.Find(announcement.NodeId) is { } node:
                Known(node, GossipPart.Node, from);
                break;
        }
    }

    /// <summary>The news since the last flush; null where there are none.</summary>
    public GossipBatch? Flush()
    {
        if (_order.Count == 0) return null;
        var batch = new GossipBatch([.. _order.OrderBy(item => item.Part)]);
        _order.Clear();
        _places.Clear();
        return batch;
    }

    private static GossipPart PartOf(ChannelUpdate update) => update.Direction == 0 ? GossipPart.Update1 : GossipPart.Update2;

    private void Add(object subject, GossipPart part, NodeId? from)
    {
        // Newer than what waits: who sent that does not know this.
        var item = new BroadcastItem(subject, part, from);
        if (_places.TryGetValue((subject, part), out var place))
        {
            _order[place] = item;
        }
        else if (_order.Count < limits.MaxBatch || from is null)
        {
            _places[(subject, part)] = _order.Count;
            _order.Add(item);
        }
    }

    private void Known(object subject, GossipPart part, NodeId? from)
    {
        if (_places.TryGetValue((subject, part), out var place)) _order[place].AddSource(from);
    }
}
