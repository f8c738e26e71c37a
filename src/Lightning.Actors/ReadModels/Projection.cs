using System.Data.Common;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Invoices;
using Lightning.Actors.Payments;

namespace Lightning.Actors.ReadModels;

/// <summary>
/// Brings the tables up to date with the journal, batch by batch, each in one transaction with the position. A row of a table is a function of the journal
/// alone: that of an invoice or a payment is made by replaying its events, that of a forward by <see cref="ForwardProjection"/>. Not thread-safe.
/// </summary>
internal sealed class Projection(ViewDatabase database, TimeProvider time)
{
    private const int BatchSize = 500;
    private static readonly TimeSpan LateRowLimit = TimeSpan.FromSeconds(1);

    private readonly IncomingAdds _adds = new();
    private (long Ordering, DateTimeOffset Since, long Token)? _gap;

    /// <summary>Takes in one batch.</summary>
    /// <returns>Whether there may be more at once.</returns>
    public bool Advance()
    {
        using var views = database.OpenViews();
        var start = Position.Read(views, null);
        using var journal = database.OpenJournal();
        var (rows, isFull) = Read(journal, start.Ordering);
        if (rows.Count == 0) return false;
        using var transaction = views.BeginTransaction();
        var end = start with { Ordering = rows[^1].Ordering };
        if (Entries(rows) is { Count: > 0 } entries) end = Write(journal, views, transaction, entries, end);
        WriteOthers(journal, views, transaction, rows);

        // Somebody else keeps the tables as well, for a moment: its rows are as good as ours.
        if (!end.TryReplace(start, views, transaction)) return true;
        transaction.Commit();
        return isFull;
    }

    private (List<ViewRow> Rows, bool IsFull) Read(DbConnection journal, long after)
    {
        var rows = new List<ViewRow>();
        using var command = ViewDatabase.Command(
            journal,
            null,
            $"SELECT ordering, persistence_id, manifest, created, CASE WHEN {ForwardProjection.Wanted} OR {KeptPeers.Wanted} THEN message END FROM journal WHERE ordering > @a ORDER BY ordering LIMIT @n",
            ("a", after),
            ("n", BatchSize));
        using var reader = command.ExecuteReader();
        var next = after + 1;
        while (reader.Read())
        {
            var row = new ViewRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4));

            // A commit with a lower number may still become visible: what is behind it waits until it has, or never will.
            if (database.HasLateRows && row.Ordering != next && !IsGapFinal(next)) return (rows, false);
            rows.Add(row);
            next = row.Ordering + 1;
        }

        return (rows, rows.Count == BatchSize);
    }

    private bool IsGapFinal(long ordering)
    {
        var now = time.GetUtcNow();
        if (_gap is not { } gap || gap.Ordering != ordering)
        {
            _gap = (ordering, now, database.WritesEnded(null).Token);
            return false;
        }

        // A number is drawn a moment before its transaction has a name, hence the time besides.
        return now - gap.Since >= LateRowLimit && database.WritesEnded(gap.Token).HasEnded;
    }

    /// <summary>What happened to which entity, in the order of the journal; an entity stands once for each of its indexes, and once at least.</summary>
    private static List<(string Entity, Index Index)> Entries(List<ViewRow> rows)
    {
        var entries = new List<(string, Index)>();
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!row.Entity.StartsWith(InvoiceActor.PersistencePrefix, StringComparison.Ordinal) && !row.Entity.StartsWith(PaymentActor.PersistencePrefix, StringComparison.Ordinal)) continue;
            var index = row.Manifest switch
            {
                _ when row.Manifest.StartsWith("inv.added.", StringComparison.Ordinal) => Index.Add,
                _ when row.Manifest.StartsWith("inv.settled.", StringComparison.Ordinal) => Index.Settle,
                _ when row.Manifest.StartsWith("pay.started.", StringComparison.Ordinal) => Index.Payment,
                _ => Index.None,
            };
            if (touched.Add(row.Entity) || index != Index.None) entries.Add((row.Entity, index));
        }

        return entries;
    }

    private static Position Write(DbConnection journal, DbConnection views, DbTransaction transaction, List<(string Entity, Index Index)> entries, Position position)
    {
        foreach (var (entity, index) in entries)
        {
            switch (index)
            {
                case Index.Add:
                    position = position with { AddIndex = position.AddIndex + 1 };
                    break;
                case Index.Settle:
                    position = position with { SettleIndex = position.SettleIndex + 1 };
                    break;
                case Index.Payment:
                    position = position with { PaymentIndex = position.PaymentIndex + 1 };
                    break;
            }

            if (entity.StartsWith(InvoiceActor.PersistencePrefix, StringComparison.Ordinal))
                WriteInvoice(journal, views, transaction, entity, index == Index.Add ? position.AddIndex : null, index == Index.Settle ? position.SettleIndex : null);
            else WritePayment(journal, views, transaction, entity, index == Index.Payment ? position.PaymentIndex : null);
        }

        return position;
    }

    private void WriteOthers(DbConnection journal, DbConnection views, DbTransaction transaction, List<ViewRow> rows)
    {
        var forwards = new ForwardProjection(journal, views, transaction, _adds);
        foreach (var row in rows)
        {
            if (row.Message is not null && row.Entity.StartsWith(ChannelActor.PersistencePrefix, StringComparison.Ordinal)) forwards.Write(row);
            else KeptPeers.Write(views, transaction, row);
        }
    }

    private static void WriteInvoice(DbConnection journal, DbConnection views, DbTransaction transaction, string entity, long? addIndex, long? settleIndex)
    {
        var state = Invoices.InvoiceState.Empty;
        foreach (var happened in Events(journal, entity)) state = state.Apply((InvoiceEvent)happened);

        // Expiry is a matter of the time of reading, not of writing.
        if (state.ToInfo(DateTimeOffset.MinValue) is not { } info) return;
        var hash = info.PaymentHash.Value.ToArray();
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(info.ToProto());
        if (addIndex is { } index)
        {
            ViewDatabase.Execute(
                views,
                transaction,
                "INSERT INTO view_invoices(add_index, payment_hash, state, created_at, expires_at, info) VALUES (@a, @h, @s, @c, @e, @i) ON CONFLICT (payment_hash) DO NOTHING",
                ("a", index),
                ("h", hash),
                ("s", (int)info.State),
                ("c", ViewTime.After(LastTime(views, transaction, "view_invoices", "add_index"), info.CreatedAt.UtcTicks)),
                ("e", state.Terms!.ExpiresAt.UtcTicks),
                ("i", bytes));
        }

        ViewDatabase.Execute(
            views,
            transaction,
            "UPDATE view_invoices SET state = @s, info = @i, settle_index = coalesce(settle_index, CAST(@x AS BIGINT)) WHERE payment_hash = @h",
            ("s", (int)info.State),
            ("i", bytes),
            ("x", settleIndex),
            ("h", hash));
    }

    private static void WritePayment(DbConnection journal, DbConnection views, DbTransaction transaction, string entity, long? index)
    {
        var state = PaymentState.Empty;
        foreach (var happened in Events(journal, entity)) state = state.Apply((PaymentEvent)happened);
        if (state.ToInfo() is not { } info) return;
        var hash = info.PaymentHash.Value.ToArray();
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(info.ToProto());
        if (index is { } number)
        {
            // A payment that is tried again after it failed stands in the list as what it is now: a new one.
            ViewDatabase.Execute(
                views,
                transaction,
                """
                INSERT INTO view_payments(payment_index, payment_hash, status, created_at, info) VALUES (@n, @h, @s, @c, @i)
                ON CONFLICT (payment_hash) DO UPDATE SET payment_index = excluded.payment_index, created_at = excluded.created_at
                """,
                ("n", number),
                ("h", hash),
                ("s", (int)info.Status),
                ("c", ViewTime.After(LastTime(views, transaction, "view_payments", "payment_index"), info.CreatedAt.UtcTicks)),
                ("i", bytes));
        }

        ViewDatabase.Execute(views, transaction, "UPDATE view_payments SET status = @s, info = @i WHERE payment_hash = @h", ("s", (int)info.Status), ("i", bytes), ("h", hash));
    }

    private static long LastTime(DbConnection views, DbTransaction transaction, string table, string index) =>
        ViewDatabase.Scalar(views, transaction, $"SELECT created_at FROM {table} ORDER BY {index} DESC LIMIT 1") as long? ?? 0;

    private static IEnumerable<object> Events(DbConnection journal, string entity)
    {
        using var command = ViewDatabase.Command(
            journal, null, "SELECT manifest, message FROM journal WHERE persistence_id = @p ORDER BY sequence_number", ("p", entity));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (ViewDatabase.Decode(reader.GetString(0), reader.GetFieldValue<byte[]>(1)) is var happened and not OwnershipTaken) yield return happened;
        }
    }

    private enum Index
    {
        None,
        Add,
        Settle,
        Payment,
    }
}
