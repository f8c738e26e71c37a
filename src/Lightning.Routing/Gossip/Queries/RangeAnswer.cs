using System.Collections.Immutable;
using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Queries;

/// <summary>The answers to one query_channel_range, made one by one: only the place is remembered (BOLT 7).</summary>
internal sealed class RangeAnswer
{
    private readonly GossipTable _table;
    private readonly QueryChannelRange _query;
    private readonly int _idsPerReply;
    private readonly bool _knowsChain;
    private readonly ulong _end;
    private uint _firstBlock;
    private ulong _next;

    /// <summary>Begins.</summary>
    /// <param name="table">The channels.</param>
    /// <param name="chain">Our chain: of another one we know nothing.</param>
    /// <param name="query">The question.</param>
    /// <param name="idsPerReply">Short channel ids in a reply.</param>
    public RangeAnswer(GossipTable table, BlockHash chain, QueryChannelRange query, int idsPerReply)
    {
        _table = table;
        _query = query;
        _idsPerReply = idsPerReply;
        _knowsChain = query.ChainHash == chain;
        _firstBlock = query.FirstBlockHeight;
        _end = (ulong)query.FirstBlockHeight + Math.Max(1, query.NumberOfBlocks);
        _next = query.FirstBlockHeight <= 0xFFFFFF ? new ShortChannelId(query.FirstBlockHeight, 0, 0).Value : ulong.MaxValue;
    }

    public bool IsDone { get; private set; }

    /// <summary>The next reply. A block's channels may be spread over several.</summary>
    public ReplyChannelRange Next()
    {
        var ids = ImmutableArray.CreateBuilder<ShortChannelId>();
        var timestamps = ImmutableArray.CreateBuilder<UpdatePair>();
        var checksums = ImmutableArray.CreateBuilder<UpdatePair>();
        KnownChannel? following = null;
        if (_knowsChain)
        {
            for (var index = _table.LowerBound(new ShortChannelId(_next)); index < _table.ChannelCount; index++)
            {
                var channel = _table[index];
                if (channel.ShortChannelId.BlockHeight >= _end) break;
                if (!channel.IsRelayed) continue;
                if (ids.Count == _idsPerReply)
                {
                    following = channel;
                    break;
                }

                ids.Add(channel.ShortChannelId);
                timestamps.Add(channel.Timestamps);
                checksums.Add(channel.Checksums);
            }
        }

        // Up to the block in which the next reply goes on, which is this reply's last one where its channels are not all told yet.
        var first = _firstBlock;
        var end = _end;
        if (following is not null)
        {
            var last = ids[^1].BlockHeight;
            _next = following.ShortChannelId.Value;
            _firstBlock = following.ShortChannelId.BlockHeight == last ? last : last + 1;
            end = (ulong)last + 1;
        }

        IsDone = following is null;
        var options = _query.QueryOptions ?? QueryOptionFlags.None;
        return new ReplyChannelRange(_query.ChainHash, first, (uint)(end - first), IsDone ? (byte)1 : (byte)0, ids.ToImmutable())
        {
            Timestamps = options.HasFlag(QueryOptionFlags.Timestamps) ? timestamps.ToImmutable() : null,
            Checksums = options.HasFlag(QueryOptionFlags.Checksums) ? checksums.ToImmutable() : null,
        };
    }
}
