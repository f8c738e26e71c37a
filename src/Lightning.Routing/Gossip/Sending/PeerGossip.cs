using Lightning.Protocol.Messages;
using Lightning.Routing.Gossip.Queries;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>
/// What one peer is to be sent: answers to its queries, news, and what passes its filter of what is known already. It is taken bit by bit, as the peer reads it.
/// Only places are remembered, so a peer that reads slowly, or asks for much, costs little. Not safe for several threads.
/// </summary>
public sealed class PeerGossip
{
    private readonly GossipTable _table;
    private readonly BlockHash _chain;
    private readonly GossipLimits _limits;
    private readonly LinkedList<GossipBatch> _batches = [];
    private TimestampFilter? _filter;
    private RangeAnswer? _range;
    private ShortChannelIdsAnswer? _ids;
    private FilterBacklog? _backlog;
    private int _place;
    private long _backlogs;
    private long _sent;

    /// <summary>For one connection.</summary>
    /// <param name="table">What is known.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="chain">Genesis hash of the chain.</param>
    /// <param name="limits">The bounds.</param>
    public PeerGossip(GossipTable table, NodeId peer, BlockHash chain, GossipLimits limits)
    {
        _table = table;
        Peer = peer;
        _chain = chain;
        _limits = limits;
    }

    /// <summary>The peer.</summary>
    public NodeId Peer { get; }

    /// <summary>What the peer wants to be told of; null before it has said so, and then it is told nothing but our own news.</summary>
    public TimestampFilter? Filter => _filter;

    /// <summary>Whether there is more to be sent.</summary>
    public bool HasMore => _ids is not null || _range is not null || _backlog is not null || _batches.Count > 0;

    /// <summary>Takes a query_channel_range, query_short_channel_ids or gossip_timestamp_filter.</summary>
    /// <param name="query">The message.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public string? Receive(LightningMessage query, DateTimeOffset now)
    {
        switch (query)
        {
            case QueryChannelRange range:
                if (_range is not null) return "query_channel_range: the last one is not answered yet";
                _range = new RangeAnswer(_table, _chain, range, _limits.IdsPerReply);
                return null;
            case QueryShortChannelIds ids:
                if (_ids is not null) return "query_short_channel_ids: the last one is not answered yet";
                _ids = new ShortChannelIdsAnswer(_table, _chain, ids);
                return null;
            case GossipTimestampFilter filter:
                if (filter.ChainHash == _chain) Take(TimestampFilter.From(filter), now);
                return null;
            default:
                throw new NotSupportedException($"{query?.GetType().Name} is no query.");
        }
    }

    /// <summary>News for all.</summary>
    public void Announce(GossipBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _batches.AddLast(batch);
        if (_batches.Count <= _limits.MaxBatches) return;
        _batches.RemoveFirst();
        _place = 0;
    }

    /// <summary>The next messages to send.</summary>
    /// <param name="most">So many, or a few more.</param>
    /// <param name="now">The time.</param>
    /// <param name="output">Where they are added.</param>
    /// <returns>How many were added: none also where the peer was sent too much in the last time, so it is asked again later while <see cref="HasMore"/>.</returns>
    public int Next(int most, DateTimeOffset now, List<OutgoingGossip> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!_limits.Sent.HasToken(_sent, now)) return 0;
        var begin = output.Count;
        var cost = 0;
        if (_range is not null)
        {
            var reply = _range.Next();
            output.Add(OutgoingGossip.Of(reply));
            cost += reply.ShortChannelIds.Count / 10;
            if (_range.IsDone) _range = null;
        }

        if (_ids is not null && Left(most, begin, output) > 0)
        {
            _ids.Next(Left(most, begin, output), output);
            if (_ids.IsDone) _ids = null;
        }

        while (_batches.First is { Value: var batch } && Left(most, begin, output) > 0) Next(batch, Left(most, begin, output), output);
        if (_backlog is not null && Left(most, begin, output) > 0)
        {
            _backlog.Next(Left(most, begin, output), output);
            if (_backlog.IsDone) _backlog = null;
        }

        // Looking through many channels for nothing is not free either.
        var added = output.Count - begin;
        _limits.Sent.Take(ref _sent, now, added + cost + 1);
        return added;
    }

    private static int Left(int most, int begin, List<OutgoingGossip> output) => most - (output.Count - begin);

    private void Next(GossipBatch batch, int most, List<OutgoingGossip> output)
    {
        for (; _place < batch.Count && most > 0; _place++)
        {
            var location = batch.Items[_place].For(_table, Peer, _filter);
            if (location == GossipTable.Nowhere) continue;
            output.Add(OutgoingGossip.Kept(location));
            most--;
        }

        if (_place < batch.Count) return;
        _batches.RemoveFirst();
        _place = 0;
    }

    // A filter replaces the one before it. What is known already is told again only a few times.
    private void Take(TimestampFilter filter, DateTimeOffset now)
    {
        _filter = filter;
        _backlog = null;
        if (filter.Range == 0 || filter.First > (now + _limits.FutureTolerance).ToUnixTimeSeconds()) return;
        if (_limits.Backlogs.TryTake(ref _backlogs, now)) _backlog = new FilterBacklog(_table, filter);
    }
}
