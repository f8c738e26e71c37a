using System.Data.Common;
using Lightning.Actors.Api;
using Lightning.Actors.Invoices;
using Lightning.Actors.Payments;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.ReadModels;

/// <summary>The lists, read from the tables. May be asked from any thread; the work is done on the thread pool.</summary>
internal sealed class ViewQueries(ViewDatabase database, TimeProvider time)
{
    // Those that are neither settled nor cancelled are few among many: they are found by their state, and only then put in order (CROSS: in no other way).
    private static readonly string Pending =
        $"""
        SELECT i.add_index, i.settle_index, i.info FROM
          (SELECT add_index AS pending FROM view_invoices WHERE state = {(int)Api.InvoiceState.Accepted}
           UNION ALL SELECT add_index FROM view_invoices WHERE state = {(int)Api.InvoiceState.Open} AND expires_at >= @n) AS p
        CROSS JOIN view_invoices i WHERE i.add_index = p.pending AND
        """;

    /// <summary>A page of the invoices.</summary>
    public Task<IReadOnlyList<InvoiceInfo>> ListAsync(ListInvoicesQuery query, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var now = time.GetUtcNow();
            var range = ViewRange.Of(database, "view_invoices", "add_index", "created_at", query.CreatedFrom, query.CreatedTo).Beyond(query.Offset, query.Reversed);
            var (from, index) = query.PendingOnly ? (Pending, "p.pending") : ("SELECT i.add_index, i.settle_index, i.info FROM view_invoices i WHERE", "i.add_index");
            return Page(
                $"{from} {index} BETWEEN @a AND @b{Within("i.created_at", query.CreatedFrom, query.CreatedTo)} ORDER BY {index}",
                query.Reversed,
                reader => ToInvoice(reader, now),
                range,
                query.CreatedFrom,
                query.CreatedTo,
                query.Limit,
                ("n", now.UtcTicks));
        },
        cancellation);

    /// <summary>A page of the payments.</summary>
    public Task<IReadOnlyList<PaymentInfo>> ListAsync(ListPaymentsQuery query, CancellationToken cancellation) => database.RunAsync(
        () => Page(
            $"""
            SELECT payment_index, info FROM view_payments WHERE payment_index BETWEEN @a AND @b
            {(query.IncludeIncomplete ? "" : $" AND status = {(int)PaymentStatus.Succeeded}")}{Within("created_at", query.CreatedFrom, query.CreatedTo)} ORDER BY payment_index
            """,
            query.Reversed,
            ToPayment,
            ViewRange.Of(database, "view_payments", "payment_index", "created_at", query.CreatedFrom, query.CreatedTo).Beyond(query.Offset, query.Reversed),
            query.CreatedFrom,
            query.CreatedTo,
            (long?)query.Limit ?? long.MaxValue),
        cancellation);

    /// <summary>How many payments there are, whatever became of them.</summary>
    public Task<ulong> CountPaymentsAsync(CancellationToken cancellation) => database.RunAsync(
        () => database.Query("SELECT count(*) FROM view_payments", static reader => (ulong)reader.GetInt64(0))[0],
        cancellation);

    /// <summary>An invoice's place in the lists; null while it is in none.</summary>
    public Task<(ulong AddIndex, ulong SettleIndex)?> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var found = database.Query(
                "SELECT add_index, settle_index FROM view_invoices WHERE payment_hash = @h",
                static reader => ((ulong)reader.GetInt64(0), reader.IsDBNull(1) ? 0 : (ulong)reader.GetInt64(1)),
                ("h", hash.Value.ToArray()));
            return found.Count == 0 ? ((ulong, ulong)?)null : found[0];
        },
        cancellation);

    /// <summary>A payment's place in the list; null while it is in none.</summary>
    public Task<ulong?> FindPaymentAsync(PaymentHash hash, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var found = database.Query("SELECT payment_index FROM view_payments WHERE payment_hash = @h", static reader => (ulong)reader.GetInt64(0), ("h", hash.Value.ToArray()));
            return found.Count == 0 ? (ulong?)null : found[0];
        },
        cancellation);

    /// <summary>The last indexes that were given.</summary>
    public Task<Position> PositionAsync(CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            using var views = database.OpenViews();
            return Position.Read(views, null);
        },
        cancellation);

    /// <summary>The invoices added after an index, in their order.</summary>
    public Task<IReadOnlyList<InvoiceInfo>> AddedAfterAsync(ulong addIndex, int limit, CancellationToken cancellation) => AfterAsync("add_index", addIndex, limit, cancellation);

    /// <summary>The invoices settled after an index, in that order.</summary>
    public Task<IReadOnlyList<InvoiceInfo>> SettledAfterAsync(ulong settleIndex, int limit, CancellationToken cancellation) => AfterAsync("settle_index", settleIndex, limit, cancellation);

    /// <summary>Payments that have not ended, as far as the tables know.</summary>
    public IReadOnlyList<PaymentHash> UnfinishedPayments(ulong afterIndex, int limit, out ulong lastIndex)
    {
        var found = database.Query(
            $"SELECT payment_index, payment_hash FROM view_payments WHERE status IN ({(int)PaymentStatus.Initiated}, {(int)PaymentStatus.InFlight}) AND payment_index > @a ORDER BY payment_index LIMIT @l",
            static reader => (Index: (ulong)reader.GetInt64(0), Hash: new PaymentHash(new Bytes32(reader.GetFieldValue<byte[]>(1)))),
            ("a", Number(afterIndex)),
            ("l", limit));
        lastIndex = found.Count == 0 ? afterIndex : found[^1].Index;
        return [.. found.Select(static one => one.Hash)];
    }

    private Task<IReadOnlyList<InvoiceInfo>> AfterAsync(string column, ulong index, int limit, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var now = time.GetUtcNow();
            return database.Query(
                $"SELECT add_index, settle_index, info FROM view_invoices WHERE {column} > @a ORDER BY {column} LIMIT @l",
                reader => ToInvoice(reader, now),
                ("a", Number(index)),
                ("l", limit));
        },
        cancellation);

    private IReadOnlyList<T> Page<T>(
        string sql, bool reversed, Func<DbDataReader, T> row, ViewRange range, DateTimeOffset? from, DateTimeOffset? to, long limit, params (string Name, object? Value)[] more)
    {
        if (range.First > range.Last) return [];
        var rows = database.Query(
            $"{sql} {(reversed ? "DESC" : "ASC")} LIMIT @l",
            row,
            [("a", range.First), ("b", range.Last), ("f", from?.UtcTicks ?? 0), ("t", to?.UtcTicks ?? 0), ("l", limit), .. more]);
        return reversed ? [.. rows.Reverse()] : rows;
    }

    // The stretch of the list is that of the time, but where a clock was set back.
    private static string Within(string column, DateTimeOffset? from, DateTimeOffset? to) => $"{(from is null ? "" : $" AND {column} >= @f")}{(to is null ? "" : $" AND {column} <= @t")}";

    private static long Number(ulong index) => (long)Math.Min(index, long.MaxValue);

    private static InvoiceInfo ToInvoice(DbDataReader reader, DateTimeOffset now) => InvoiceInfoProto.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2)).ToInfo().AsOf(now) with
    {
        AddIndex = (ulong)reader.GetInt64(0),
        SettleIndex = reader.IsDBNull(1) ? 0 : (ulong)reader.GetInt64(1),
    };

    private static PaymentInfo ToPayment(DbDataReader reader) => PaymentInfoProto.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).ToInfo().WithIndex((ulong)reader.GetInt64(0));
}
