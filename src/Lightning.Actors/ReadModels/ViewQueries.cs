using System.Data.Common;
using System.Globalization;
using Lightning.Actors.Api;
using Lightning.Actors.Invoices;
using Lightning.Actors.Payments;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.ReadModels;

/// <summary>The lists, read from the tables. May be asked from any thread; the work is done on the thread pool.</summary>
internal sealed class ViewQueries(ViewDatabase database, TimeProvider time)
{
    /// <summary>A page of the invoices.</summary>
    public Task<IReadOnlyList<InvoiceInfo>> ListAsync(ListInvoicesQuery query, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var now = time.GetUtcNow();
            var conditions = new List<string>();
            if (query.Offset > 0) conditions.Add(query.Reversed ? "add_index < @o" : "add_index > @o");
            if (query.PendingOnly) conditions.Add($"(state = {(int)Api.InvoiceState.Accepted} OR (state = {(int)Api.InvoiceState.Open} AND expires_at >= @n))");
            if (query.CreatedFrom is not null) conditions.Add("created_at >= @f");
            if (query.CreatedTo is not null) conditions.Add("created_at <= @t");
            return Read(
                $"SELECT add_index, settle_index, info FROM view_invoices {Where(conditions)} ORDER BY add_index {(query.Reversed ? "DESC" : "ASC")} LIMIT @l",
                query.Reversed,
                reader => ToInvoice(reader, now),
                ("o", Number(query.Offset)),
                ("n", now.UtcTicks),
                ("f", query.CreatedFrom?.UtcTicks ?? 0),
                ("t", query.CreatedTo?.UtcTicks ?? 0),
                ("l", query.Limit));
        },
        cancellation);

    /// <summary>A page of the payments.</summary>
    public Task<IReadOnlyList<PaymentInfo>> ListAsync(ListPaymentsQuery query, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var conditions = new List<string>();
            if (query.Offset > 0) conditions.Add(query.Reversed ? "payment_index < @o" : "payment_index > @o");
            if (!query.IncludeIncomplete) conditions.Add($"status = {(int)PaymentStatus.Succeeded}");
            if (query.CreatedFrom is not null) conditions.Add("created_at >= @f");
            if (query.CreatedTo is not null) conditions.Add("created_at <= @t");
            return Read(
                $"SELECT payment_index, info FROM view_payments {Where(conditions)} ORDER BY payment_index {(query.Reversed ? "DESC" : "ASC")} LIMIT @l",
                query.Reversed,
                ToPayment,
                ("o", Number(query.Offset)),
                ("f", query.CreatedFrom?.UtcTicks ?? 0),
                ("t", query.CreatedTo?.UtcTicks ?? 0),
                ("l", (long?)query.Limit ?? long.MaxValue));
        },
        cancellation);

    /// <summary>An invoice's place in the lists; null while it is in none.</summary>
    public Task<(ulong AddIndex, ulong SettleIndex)?> FindInvoiceAsync(PaymentHash hash, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var found = Read(
                "SELECT add_index, settle_index FROM view_invoices WHERE payment_hash = @h",
                reversed: false,
                static reader => ((ulong)reader.GetInt64(0), reader.IsDBNull(1) ? 0 : (ulong)reader.GetInt64(1)),
                ("h", hash.Value.ToArray()));
            return found.Count == 0 ? ((ulong, ulong)?)null : found[0];
        },
        cancellation);

    /// <summary>A payment's place in the list; null while it is in none.</summary>
    public Task<ulong?> FindPaymentAsync(PaymentHash hash, CancellationToken cancellation) => database.RunAsync(
        () =>
        {
            var found = Read("SELECT payment_index FROM view_payments WHERE payment_hash = @h", reversed: false, static reader => (ulong)reader.GetInt64(0), ("h", hash.Value.ToArray()));
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
        var found = Read(
            $"SELECT payment_index, payment_hash FROM view_payments WHERE status IN ({(int)PaymentStatus.Initiated}, {(int)PaymentStatus.InFlight}) AND payment_index > @a ORDER BY payment_index LIMIT @l",
            reversed: false,
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
            return Read(
                $"SELECT add_index, settle_index, info FROM view_invoices WHERE {column} > @a ORDER BY {column} LIMIT @l",
                reversed: false,
                reader => ToInvoice(reader, now),
                ("a", Number(index)),
                ("l", limit));
        },
        cancellation);

    private IReadOnlyList<T> Read<T>(string sql, bool reversed, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        using var views = database.OpenViews();

        // Npgsql refuses parameters that the text does not name.
        using var command = ViewDatabase.Command(views, null, sql, [.. parameters.Where(p => sql.Contains(string.Create(CultureInfo.InvariantCulture, $"@{p.Name}"), StringComparison.Ordinal))]);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        if (reversed) rows.Reverse();
        return rows;
    }

    private static string Where(List<string> conditions) => conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);

    private static long Number(ulong index) => (long)Math.Min(index, long.MaxValue);

    private static InvoiceInfo ToInvoice(DbDataReader reader, DateTimeOffset now) => InvoiceInfoProto.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2)).ToInfo().AsOf(now) with
    {
        AddIndex = (ulong)reader.GetInt64(0),
        SettleIndex = reader.IsDBNull(1) ? 0 : (ulong)reader.GetInt64(1),
    };

    private static PaymentInfo ToPayment(DbDataReader reader) => PaymentInfoProto.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).ToInfo().WithIndex((ulong)reader.GetInt64(0));
}
