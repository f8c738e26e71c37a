using System.Collections.Immutable;
using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Queries;

/// <summary>
/// Asks one peer for all channels of some blocks, and then for what is missing here (BOLT 7, "Query Messages"). One question is open at a time, and what a peer can
/// make us remember is bounded.
/// <code>
///   Begin ─> query_channel_range ─> replies ─> query_short_channel_ids ─> end ─> ... ─> done
/// </code>
/// </summary>
public sealed class GossipSync
{
    private readonly GossipTable _table;
    private readonly BlockHash _chain;
    private readonly GossipLimits _limits;
    private readonly Queue<(ShortChannelId Id, QueryFlags Flags)> _missing = new();
    private readonly uint _first;
    private readonly uint _count;
    private Phase _phase = Phase.New;
    private uint _lastFirst;
    private ulong _lastId;
    private int _replies;
    private bool _hasFlags;

    /// <summary>Prepares.</summary>
    /// <param name="table">What is known here.</param>
    /// <param name="chain">Genesis hash of the chain.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="first">The first block.</param>
    /// <param name="count">How many blocks; at least one.</param>
    public GossipSync(GossipTable table, BlockHash chain, GossipLimits limits, uint first, uint count)
    {
        _table = table;
        _chain = chain;
        _limits = limits;
        _first = first;
        _count = Math.Max(1, count);
    }

    private enum Phase
    {
        New,
        Range,
        Channels,
        Done,
    }

    /// <summary>Whether it is over, for good or bad.</summary>
    public bool IsDone => _phase == Phase.Done;

    /// <summary>Whether all that the peer has was asked for: it did not have too much, and broke no rule.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Until then the peer must have answered.</summary>
    public DateTimeOffset Deadline { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>How many channels are still to be asked for.</summary>
    public int Missing => _missing.Count;

    /// <summary>The first question.</summary>
    /// <param name="now">The time.</param>
    public QueryChannelRange Begin(DateTimeOffset now)
    {
        _phase = Phase.Range;
        _lastFirst = 0;
        Deadline = now + _limits.AnswerWithin;
        return new QueryChannelRange(_chain, _first, _count) { QueryOptions = QueryOptionFlags.Timestamps | QueryOptionFlags.Checksums };
    }

    /// <summary>Gives up, where the deadline is over.</summary>
    /// <returns>Whether it gave up now.</returns>
    public bool Expire(DateTimeOffset now)
    {
        if (IsDone || now < Deadline) return false;
        End(isComplete: false);
        return true;
    }

    /// <summary>An answer to the first question. What nobody asked for is passed over.</summary>
    public SyncStep OnReply(ReplyChannelRange reply, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (_phase != Phase.Range || reply.ChainHash != _chain) return SyncStep.None;
        if (++_replies > _limits.MaxReplies) return Violated("reply_channel_range: too many");
        if (_replies == 1 ? reply.FirstBlockHeight > _first : reply.FirstBlockHeight < _lastFirst) return Violated("reply_channel_range: blocks are not in order");
        var (first, end) = (reply.FirstBlockHeight, (ulong)reply.FirstBlockHeight + reply.NumberOfBlocks);
        if (end <= _first || first >= (ulong)_first + _count) return Violated("reply_channel_range: other blocks than those asked for");
        _lastFirst = first;
        Deadline = now + _limits.AnswerWithin;
        for (var i = 0; i < reply.ShortChannelIds.Count; i++)
        {
            var id = reply.ShortChannelIds[i];
            if (id.Value <= _lastId && _lastId != 0) return Violated("reply_channel_range: short channel ids are not in order");
            _lastId = id.Value;
            if (id.BlockHeight < _first || id.BlockHeight - _first >= _count) continue;
            var flags = Wanted(id, reply.Timestamps?[i], reply.Checksums?[i], now);
            if (flags == QueryFlags.None) continue;
            if (_missing.Count >= _limits.MaxMissing)
            {
                IsComplete = false;
                break;
            }

            _missing.Enqueue((id, flags));
        }

        // Flags are understood by who gives timestamps.
        _hasFlags |= reply.Timestamps is not null || reply.Checksums is not null;
        return end >= (ulong)_first + _count && reply.SyncComplete != 0 ? Ask(now) : SyncStep.None;
    }

    /// <summary>The end of what was asked for. What nobody asked for is passed over.</summary>
    public SyncStep OnEnd(ReplyShortChannelIdsEnd end, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(end);
        return _phase == Phase.Channels && end.ChainHash == _chain ? Ask(now) : SyncStep.None;
    }

    private SyncStep Ask(DateTimeOffset now)
    {
        _phase = Phase.Channels;
        Deadline = now + _limits.AnswerWithin;
        var ids = ImmutableArray.CreateBuilder<ShortChannelId>();
        var flags = ImmutableArray.CreateBuilder<QueryFlags>();
        while (ids.Count < _limits.IdsPerQuery && _missing.TryDequeue(out var next))
        {
            // It may have come from elsewhere meanwhile.
            if (next.Flags.HasFlag(QueryFlags.ChannelAnnouncement) && _table.Find(next.Id) is not null) continue;
            ids.Add(next.Id);
            flags.Add(next.Flags);
        }

        if (ids.Count > 0) return new SyncStep(new QueryShortChannelIds(_chain, ids.ToImmutable()) { QueryFlags = _hasFlags ? flags.ToImmutable() : null });
        End(IsComplete);
        return SyncStep.None;
    }

    private SyncStep Violated(string violation)
    {
        End(isComplete: false);
        return new SyncStep(null, violation);
    }

    private void End(bool isComplete)
    {
        _phase = Phase.Done;
        _missing.Clear();
        IsComplete = isComplete;
        Deadline = DateTimeOffset.MaxValue;
    }

    private QueryFlags Wanted(ShortChannelId id, UpdatePair? timestamps, UpdatePair? checksums, DateTimeOffset now)
    {
        const QueryFlags Nodes = QueryFlags.NodeAnnouncement1 | QueryFlags.NodeAnnouncement2;
        const QueryFlags Unknown = QueryFlags.ChannelAnnouncement | QueryFlags.ChannelUpdate1 | QueryFlags.ChannelUpdate2 | Nodes;
        if (_table.Find(id) is not { } channel)
        {
            // What would be pruned again at once is not asked for.
            return timestamps is { } told && IsStale(told.Node1, now) && IsStale(told.Node2, now) ? QueryFlags.None : Unknown;
        }

        if (channel.SpentAt != 0) return QueryFlags.None;
        var flags = QueryFlags.None;
        if (IsNews(channel.Update(0), timestamps?.Node1, checksums?.Node1, now)) flags |= QueryFlags.ChannelUpdate1;
        if (IsNews(channel.Update(1), timestamps?.Node2, checksums?.Node2, now)) flags |= QueryFlags.ChannelUpdate2;
        return flags;
    }

    // With a checksum the same terms again are asked for only where ours are about to be too old.
    private bool IsNews(in KnownUpdate known, uint? timestamp, uint? checksum, DateTimeOffset now)
    {
        if (timestamp is not { } theirs || theirs <= known.Timestamp || IsStale(theirs, now)) return false;
        return checksum is not { } sum || sum != known.Checksum || known.Timestamp < (now - (_limits.StaleAfter / 2)).ToUnixTimeSeconds();
    }

    private bool IsStale(uint timestamp, DateTimeOffset now) => timestamp < (now - _limits.StaleAfter).ToUnixTimeSeconds();
}
