using System.Data.Common;
using System.Globalization;
using Lightning.Actors.Api;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.ReadModels;

/// <summary>Reads the payments of others that went through this node.</summary>
internal sealed class ForwardQueries(ViewDatabase database, TimeProvider time)
{
    private const string Channels = "LEFT JOIN view_channels i ON i.number = f.in_channel LEFT JOIN view_channels o ON o.number = f.out_channel";

    /// <summary>A page of those that are settled.</summary>
    public Task<ForwardPage> ListAsync(ListForwardsQuery query, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var range = ViewRange.Of(database, "view_forwards", "settle_index", "settled_at", query.From, query.To);
            var first = Math.Max(range.First, 1);
            var offset = (long)Math.Min(query.Offset, int.MaxValue);
            if (first + offset > range.Last) return new ForwardPage([], query.Offset);
            var conditions = (query.From is null ? "" : " AND f.settled_at >= @f") + (query.To is null ? "" : " AND f.settled_at <= @t") + In("i.short_id", query.IncomingChannels) + In("o.short_id", query.OutgoingChannels);
            var found = database.Query(
                $"""
                SELECT f.settle_index, f.settled_at, i.channel_key, i.short_id, f.in_htlc, o.channel_key, o.short_id, f.out_htlc, f.amount_in, f.amount_out FROM view_forwards f {Channels}
                WHERE f.settle_index BETWEEN @a AND @b{conditions} ORDER BY f.settle_index LIMIT @l
                """,
                ToForward,
                ("a", first + offset),
                ("b", range.Last),
                ("f", query.From?.UtcTicks ?? 0),
                ("t", query.To?.UtcTicks ?? 0),
                ("l", (long)query.Limit));
            return new ForwardPage(found, found.Count == 0 ? query.Offset : found[^1].Index - (ulong)first + 1);
        },
        cancellation);

    /// <summary>What was earned in the last time: the difference of two sums that the table keeps.</summary>
    public Task<MilliSatoshi> EarnedAsync(TimeSpan span, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var before = database.Query(
                "SELECT fees_until - amount_in + amount_out FROM view_forwards WHERE settled_at >= @f ORDER BY settled_at, settle_index LIMIT 1",
                static reader => (long?)reader.GetInt64(0),
                ("f", (time.GetUtcNow() - span).UtcTicks)).FirstOrDefault();
            if (before is not { } until) return MilliSatoshi.Zero;
            return new MilliSatoshi(database.Query("SELECT fees_until FROM view_forwards WHERE settle_index IS NOT NULL ORDER BY settle_index DESC LIMIT 1", static reader => reader.GetInt64(0))[0] - until);
        },
        cancellation);

    /// <summary>The number of the last event.</summary>
    public Task<ulong> LastEventAsync(CancellationToken cancellation) => database.RunAsync(
        () => (ulong)Math.Max(Last("offered_index"), Last("resolved_index")),
        cancellation);

    /// <summary>The events after one of them, in their order, with their numbers. Of two that came after one another to the same HTLC the first is still told, but for a refusal that was followed by an offer.</summary>
    public Task<IReadOnlyList<(ulong Number, HtlcEvent Event)>> EventsAfterAsync(ulong number, int limit, CancellationToken cancellation) => database.RunAsync(
        () => database.Query(
            $"""
            SELECT e.number, e.status, e.happened, i.short_id, f.in_htlc, coalesce(o.short_id, f.out_short_id), f.out_htlc, f.amount_in, f.amount_out, f.expiry_in, f.expiry_out, f.preimage, f.refusal, f.failure FROM
              (SELECT * FROM
                (SELECT offered_index AS number, {(int)ForwardStatus.Offered} AS status, offered_at AS happened, in_channel, in_htlc FROM view_forwards WHERE offered_index > @n ORDER BY offered_index LIMIT @l) AS offers
              UNION ALL SELECT * FROM
                (SELECT resolved_index, status, resolved_at, in_channel, in_htlc FROM view_forwards WHERE resolved_index > @n ORDER BY resolved_index LIMIT @l) AS results) AS e
            LEFT JOIN view_forwards f ON f.in_channel = e.in_channel AND f.in_htlc = e.in_htlc {Channels}
            ORDER BY e.number LIMIT @l
            """,
            ToEvent,
            ("n", (long)number),
            ("l", (long)limit)),
        cancellation);

    private long Last(string column) => database.Query($"SELECT coalesce(max({column}), 0) FROM view_forwards", static reader => reader.GetInt64(0))[0];

    // Numbers, no text of a caller.
    private static string In(string column, IReadOnlyList<ShortChannelId> channels) => channels.Count == 0
        ? ""
        : $" AND {column} IN ({string.Join(", ", channels.Select(static id => unchecked((long)id.Value).ToString(CultureInfo.InvariantCulture)))})";

    private static Forward ToForward(DbDataReader reader) => new()
    {
        Index = (ulong)reader.GetInt64(0),
        SettledAt = Time(reader.GetInt64(1)),
        IncomingKey = LocalChannelKey.Parse(reader.GetString(2)),
        IncomingChannel = ShortId(reader, 3),
        IncomingHtlcId = (ulong)reader.GetInt64(4),
        OutgoingKey = LocalChannelKey.Parse(reader.GetString(5)),
        OutgoingChannel = ShortId(reader, 6),
        OutgoingHtlcId = (ulong)reader.GetInt64(7),
        AmountIn = new MilliSatoshi(reader.GetInt64(8)),
        AmountOut = new MilliSatoshi(reader.GetInt64(9)),
    };

    private static (ulong Number, HtlcEvent Event) ToEvent(DbDataReader reader)
    {
        var kind = (ForwardStatus)reader.GetInt64(1) switch
        {
            ForwardStatus.Offered => HtlcEventKind.Forwarded,
            ForwardStatus.Settled => HtlcEventKind.Settled,
            ForwardStatus.Failed => HtlcEventKind.Failed,
            _ => HtlcEventKind.Refused,
        };
        return ((ulong)reader.GetInt64(0), new HtlcEvent
        {
            Kind = kind,
            At = Time(reader.GetInt64(2)),
            IncomingChannel = ShortId(reader, 3),
            IncomingHtlcId = (ulong)reader.GetInt64(4),
            OutgoingChannel = ShortId(reader, 5),
            OutgoingHtlcId = reader.IsDBNull(6) ? null : (ulong)reader.GetInt64(6),
            AmountIn = new MilliSatoshi(reader.GetInt64(7)),
            AmountOut = reader.IsDBNull(8) ? null : new MilliSatoshi(reader.GetInt64(8)),
            ExpiryIn = (uint)reader.GetInt64(9),
            ExpiryOut = reader.IsDBNull(10) ? null : (uint)reader.GetInt64(10),
            Preimage = kind != HtlcEventKind.Settled || reader.IsDBNull(11) ? null : new PaymentPreimage(new Bytes32(reader.GetFieldValue<byte[]>(11))),
            Refusal = kind != HtlcEventKind.Refused || reader.IsDBNull(12) ? null : (AddRefusal)reader.GetInt64(12),
            Failure = kind != HtlcEventKind.Refused || reader.IsDBNull(13) ? null : (FailureCode)reader.GetInt64(13),
        });
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    private static ShortChannelId? ShortId(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : new ShortChannelId(unchecked((ulong)reader.GetInt64(column)));
}
