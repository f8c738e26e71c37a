using Lightning.Protocol.Messages;
using Lightning.Routing.Gossip.Sending;

namespace Lightning.Routing.Gossip.Queries;

/// <summary>The answer to one query_short_channel_ids, given bit by bit (BOLT 7).</summary>
internal sealed class ShortChannelIdsAnswer
{
    private const QueryFlags Everything =
        QueryFlags.ChannelAnnouncement | QueryFlags.ChannelUpdate1 | QueryFlags.ChannelUpdate2 | QueryFlags.NodeAnnouncement1 | QueryFlags.NodeAnnouncement2;

    private readonly GossipTable _table;
    private readonly BlockHash _chain;
    private readonly QueryShortChannelIds _query;
    private readonly NodeSet _sent = new();
    private readonly HashSet<ShortChannelId> _answered = [];
    private int _next;

    public ShortChannelIdsAnswer(GossipTable table, BlockHash chain, QueryShortChannelIds query)
    {
        _table = table;
        _chain = chain;
        _query = query;
        if (query.ChainHash != chain) _next = query.ShortChannelIds.Count;
    }

    public bool IsDone { get; private set; }

    /// <summary>Adds some messages; the last one is reply_short_channel_ids_end.</summary>
    public void Next(int most, List<OutgoingGossip> output)
    {
        var begin = output.Count;
        for (; _next < _query.ShortChannelIds.Count && output.Count - begin < most; _next++)
        {
            // An id that comes twice is answered once: a short question must not make a long answer.
            var id = _query.ShortChannelIds[_next];
            if (_table.Find(id) is { IsRelayed: true } channel && _answered.Add(id)) ChannelGossip.Add(channel, _query.QueryFlags?[_next] ?? Everything, _sent, output);
        }

        if (_next < _query.ShortChannelIds.Count) return;
        output.Add(OutgoingGossip.Of(new ReplyShortChannelIdsEnd(_query.ChainHash, _query.ChainHash == _chain ? (byte)1 : (byte)0)));
        IsDone = true;
    }
}
