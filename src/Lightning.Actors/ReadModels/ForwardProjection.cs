using System.Data.Common;
using Lightning.Actors.Channels;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Actors.ReadModels;

/// <summary>
/// What the channels' events of one batch say of HTLCs that came in by one channel and went out by another. A row is made by the outgoing channel's event that offers the HTLC: that names the
/// incoming channel and HTLC as its origin, which is the row's key and is offered once, so that it counts once however often it is read. It is settled or failed by the incoming channel's event that
/// keeps the preimage or the failure: only then the fee is earned. Its times are those of these rows of the journal.
/// </summary>
internal sealed class ForwardProjection(DbConnection journal, DbConnection views, DbTransaction transaction, IncomingAdds adds)
{
    /// <summary>Which rows of the journal are wanted with their events: a condition on its columns.</summary>
    public const string Wanted =
        """
        (manifest LIKE 'ch.commitment-%' OR manifest LIKE 'ch.settlements-kept.%' OR manifest LIKE 'ch.add-refused.%' OR manifest LIKE 'ch.funding-created.%'
          OR manifest LIKE 'ch.funding-accepted.%' OR manifest LIKE 'ch.funding-confirmed.%' OR manifest LIKE 'ch.restored.%')
        """;

    private readonly Dictionary<LocalChannelKey, long> _numbers = [];
    private Tail? _tail;

    /// <summary>Takes in one row.</summary>
    public void Write(ViewRow row)
    {
        // The registry's events begin with the same word.
        if (row.Message is null || !LocalChannelKey.TryParse(row.Entity[ChannelActor.PersistencePrefix.Length..], out var channel)) return;
        switch (ViewDatabase.Decode(row.Manifest, row.Message))
        {
            case DurableEvent.FundingCreated created:
                AddChannel(channel, created.Parameters, created.Funding);
                break;
            case DurableEvent.FundingAccepted accepted:
                AddChannel(channel, accepted.Parameters, accepted.Funding);
                break;
            case DurableEvent.RestoredFromBackup restored:
                AddChannel(channel, restored.Parameters, restored.Funding);
                break;
            case DurableEvent.FundingConfirmed confirmed:
                Confirm(channel, confirmed);
                break;
            case DurableEvent.CommitmentReceived received:
                adds.Add(channel, received);
                break;
            case DurableEvent.CommitmentSent sent:
                Offer(channel, sent, row);
                foreach (var update in sent.Updates)
                {
                    if (update is CommitmentUpdate.Settlement settlement) Settle(channel, settlement, row);
                }

                break;
            case DurableEvent.SettlementsKept kept:
                foreach (var settlement in kept.Settlements) Settle(channel, settlement, row);
                break;
            case DurableEvent.AddRefused { Origin: HtlcOrigin.Relayed origin } refused:
                Refuse(channel, origin, refused.Reason, row);
                break;
        }
    }

    private void AddChannel(LocalChannelKey channel, ChannelParameters parameters, FundingOutput funding) => ViewDatabase.Execute(
        views,
        transaction,
        "UPDATE view_channels SET peer = @p, output = @o WHERE number = @n",
        ("p", parameters.Peer.Key.Span.ToArray()),
        ("o", (long)funding.OutPoint.Index),
        ("n", Number(channel)));

    private void Confirm(LocalChannelKey channel, DurableEvent.FundingConfirmed confirmed)
    {
        var number = Number(channel);
        var output = ViewDatabase.Scalar(views, transaction, "SELECT output FROM view_channels WHERE number = @n", ("n", number));
        if (output is not long index) return;
        var id = new ShortChannelId(confirmed.BlockHeight, confirmed.TransactionIndex, checked((ushort)index));
        ViewDatabase.Execute(views, transaction, "UPDATE view_channels SET short_id = @s WHERE number = @n", ("s", unchecked((long)id.Value)), ("n", number));
    }

    private void Offer(LocalChannelKey channel, DurableEvent.CommitmentSent sent, ViewRow row)
    {
        var next = 0;
        foreach (var update in sent.Updates)
        {
            if (update is not CommitmentUpdate.AddHtlc add) continue;
            if (sent.Origins[next++].Origin is not HtlcOrigin.Relayed origin) continue;

            // A channel that is not in this journal cannot have passed anything on.
            if (adds.Find(journal, origin.Channel, origin.HtlcId, row.Ordering) is not { } incoming) continue;
            Insert(channel, origin, incoming, ForwardStatus.Offered, row, ("oh", (long)add.Id), ("os", null), ("f", null), ("ao", add.Amount.Value), ("eo", (long)add.CltvExpiry), ("r", null));
        }
    }

    private void Refuse(LocalChannelKey channel, HtlcOrigin.Relayed origin, AddRefusal reason, ViewRow row)
    {
        if (adds.Find(journal, origin.Channel, origin.HtlcId, row.Ordering) is { } incoming)
            Insert(channel, origin, incoming, ForwardStatus.Refused, row, ("oh", null), ("os", null), ("ao", null), ("eo", null), ("r", (long)reason), ("f", null));
    }

    // Before any channel was asked. The failure may be kept, and sent later: told once.
    private void Refuse(LocalChannelKey channel, ulong htlc, ForwardRefusal refusal, ViewRow row)
    {
        if (adds.Find(journal, channel, htlc, row.Ordering) is not { } incoming || Find(Number(channel), htlc) is not null) return;
        Insert(
            outgoing: null, new HtlcOrigin.Relayed(channel, htlc), incoming, ForwardStatus.Refused, row,
            ("oh", null), ("os", refusal.Outgoing is { } named ? unchecked((long)named.Value) : null), ("ao", refusal.Amount.Value), ("eo", (long)refusal.CltvExpiry), ("r", null), ("f", (long)refusal.FailureCode));
    }

    // A refused HTLC may be offered on another channel; one that was offered never is.
    private void Insert(
        LocalChannelKey? outgoing, HtlcOrigin.Relayed origin, (MilliSatoshi Amount, uint CltvExpiry) incoming, ForwardStatus status, ViewRow row, params (string Name, object? Value)[] values)
    {
        var tail = Last();
        var isRefused = status == ForwardStatus.Refused;
        tail.Event++;
        ViewDatabase.Execute(
            views,
            transaction,
            $"""
            INSERT INTO view_forwards(
              in_channel, in_htlc, out_channel, out_short_id, out_htlc, amount_in, amount_out, expiry_in, expiry_out, status, refusal, failure, offered_at, offered_index, resolved_at, resolved_index)
            VALUES (@ic, @ih, CAST(@oc AS BIGINT), CAST(@os AS BIGINT), CAST(@oh AS BIGINT), @ai, CAST(@ao AS BIGINT), @ei, CAST(@eo AS BIGINT), @s, CAST(@r AS BIGINT), CAST(@f AS BIGINT), @t, CAST(@fi AS BIGINT), CAST(@rt AS BIGINT), CAST(@ri AS BIGINT))
            ON CONFLICT (in_channel, in_htlc) DO UPDATE SET out_channel = excluded.out_channel, out_short_id = excluded.out_short_id, out_htlc = excluded.out_htlc, amount_out = excluded.amount_out, expiry_out = excluded.expiry_out,
              status = excluded.status, refusal = excluded.refusal, failure = excluded.failure, offered_at = excluded.offered_at, offered_index = excluded.offered_index,
              resolved_at = excluded.resolved_at, resolved_index = excluded.resolved_index
            WHERE view_forwards.status = {(int)ForwardStatus.Refused}
            """,
            [
                ("ic", Number(origin.Channel)), ("ih", (long)origin.HtlcId), ("oc", outgoing is { } key ? Number(key) : null), ("ai", incoming.Amount.Value), ("ei", (long)incoming.CltvExpiry), ("s", (long)status), ("t", row.Created),
                ("fi", isRefused ? null : tail.Event), ("rt", isRefused ? row.Created : null), ("ri", isRefused ? tail.Event : null), .. values,
            ]);
    }

    // The preimage wins: a failure that was kept for want of it, or was never signed, gives way.
    private void Settle(LocalChannelKey channel, CommitmentUpdate.Settlement settlement, ViewRow row)
    {
        if (settlement is CommitmentUpdate.FailHtlc { Refusal: { } refusal }) Refuse(channel, settlement.Id, refusal, row);
        adds.Forget(channel, settlement.Id);
        if (FindNumber(channel) is not { } number || Find(number, settlement.Id) is not { } forward) return;
        if (settlement is CommitmentUpdate.FulfillHtlc fulfill && forward.Status is ForwardStatus.Offered or ForwardStatus.Failed)
        {
            var tail = Last();
            tail.Event++;
            tail.Settled++;
            tail.SettledAt = ViewTime.After(tail.SettledAt, row.Created);
            tail.Fees += forward.Fee;
            ViewDatabase.Execute(
                views,
                transaction,
                $"""
                UPDATE view_forwards SET status = {(int)ForwardStatus.Settled}, preimage = @p, resolved_at = @t, resolved_index = @r, settle_index = @i, settled_at = @m, fees_until = @f
                WHERE in_channel = @c AND in_htlc = @h
                """,
                ("p", fulfill.Preimage.Value.ToArray()),
                ("t", row.Created),
                ("r", tail.Event),
                ("i", tail.Settled),
                ("m", tail.SettledAt),
                ("f", tail.Fees),
                ("c", number),
                ("h", (long)settlement.Id));
        }
        else if (settlement is not CommitmentUpdate.FulfillHtlc && forward.Status == ForwardStatus.Offered)
        {
            ViewDatabase.Execute(
                views,
                transaction,
                $"UPDATE view_forwards SET status = {(int)ForwardStatus.Failed}, resolved_at = @t, resolved_index = @r WHERE in_channel = @c AND in_htlc = @h",
                ("t", row.Created),
                ("r", ++Last().Event),
                ("c", number),
                ("h", (long)settlement.Id));
        }
    }

    private (ForwardStatus Status, long Fee)? Find(long channel, ulong htlc)
    {
        using var command = ViewDatabase.Command(
            views, transaction, "SELECT status, amount_in - amount_out FROM view_forwards WHERE in_channel = @c AND in_htlc = @h", ("c", channel), ("h", (long)htlc));
        using var reader = command.ExecuteReader();
        return reader.Read() ? ((ForwardStatus)reader.GetInt64(0), reader.IsDBNull(1) ? 0 : reader.GetInt64(1)) : null;
    }

    private long? FindNumber(LocalChannelKey channel)
    {
        if (_numbers.TryGetValue(channel, out var known)) return known;
        if (ViewDatabase.Scalar(views, transaction, "SELECT number FROM view_channels WHERE channel_key = @k", ("k", channel.ToString())) is not long number) return null;
        _numbers.Add(channel, number);
        return number;
    }

    private long Number(LocalChannelKey channel)
    {
        if (FindNumber(channel) is { } known) return known;
        var number = (ViewDatabase.Scalar(views, transaction, "SELECT max(number) FROM view_channels") as long? ?? 0) + 1;
        ViewDatabase.Execute(views, transaction, "INSERT INTO view_channels(number, channel_key) VALUES (@n, @k)", ("n", number), ("k", channel.ToString()));
        _numbers.Add(channel, number);
        return number;
    }

    private Tail Last()
    {
        if (_tail is { } known) return known;
        var tail = _tail = new Tail
        {
            Event = Math.Max(
                ViewDatabase.Scalar(views, transaction, "SELECT max(offered_index) FROM view_forwards") as long? ?? 0,
                ViewDatabase.Scalar(views, transaction, "SELECT max(resolved_index) FROM view_forwards") as long? ?? 0),
        };
        using var command = ViewDatabase.Command(
            views, transaction, "SELECT settle_index, settled_at, fees_until FROM view_forwards WHERE settle_index IS NOT NULL ORDER BY settle_index DESC LIMIT 1");
        using var reader = command.ExecuteReader();
        if (reader.Read()) (tail.Settled, tail.SettledAt, tail.Fees) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        return tail;
    }

    /// <summary>The last numbers that were given.</summary>
    private sealed class Tail
    {
        public long Event { get; set; }

        public long Settled { get; set; }

        public long SettledAt { get; set; }

        public long Fees { get; set; }
    }
}
