using System.Globalization;
using Google.Protobuf;
using Lightning.Actors.Api;
using Lightning.Actors.Invoices;
using Lightning.Actors.Payments;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Tests.Invoices;
using Lightning.Actors.Tests.Payments;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;
using InvoiceState = Lightning.Actors.Api.InvoiceState;

namespace Lightning.Actors.Tests.ReadModels;

/// <summary>Lists with many rows. LIGHTNING_LIST_ROWS=1000000 makes them as long as they are meant to be.</summary>
public sealed class LongListTests(ITestOutputHelper output)
{
    private const int Few = 1_000;
    private static readonly DateTimeOffset Start = InvoiceSamples.Noon;

    private static int Many => int.TryParse(Environment.GetEnvironmentVariable("LIGHTNING_LIST_ROWS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? rows : 20_000;

    [Fact]
    public async Task A_page_of_a_long_list_costs_no_more_than_one_of_a_short_list()
    {
        var few = await Costs(Few);
        var many = await Costs(Many);
        foreach (var (page, steps) in few) output.WriteLine($"{page}: {steps} steps with {Few} rows, {many[page]} with {Many}");
        Assert.All(few, page => Assert.True(many[page.Key] <= (page.Value * 3 / 2) + 500, $"{page.Key}: {page.Value} steps with {Few} rows, {many[page.Key]} with {Many}"));
    }

    private static async Task<Dictionary<string, int>> Costs(int rows)
    {
        using var journal = new WrittenJournal();
        using var database = new CountedViews(journal);
        database.Prepare();
        Fill(database, rows);
        var time = new FakeTimeProvider(At(rows));
        var (lists, forwards) = (new ViewQueries(database, time), new ForwardQueries(database, time));
        var costs = new Dictionary<string, int>(StringComparer.Ordinal);
        var middle = (ulong)rows / 2;
        database.Steps();

        foreach (var reversed in new[] { false, true })
        {
            var way = reversed ? "backwards" : "forwards";
            var invoices = new ListInvoicesQuery { Reversed = reversed };
            await Page($"invoices {way}", lists.ListAsync(invoices, default), 100);
            await Page($"invoices {way} from the middle", lists.ListAsync(invoices with { Offset = middle }, default), 100);
            await Page($"invoices {way} of some time", lists.ListAsync(invoices with { CreatedFrom = At(rows / 2), CreatedTo = At((rows / 2) + 9) }, default), 10);
            await Page($"invoices {way} since", lists.ListAsync(invoices with { CreatedFrom = At(rows / 2) }, default), 100);
            await Page($"invoices {way} until", lists.ListAsync(invoices with { CreatedTo = At(rows / 2) }, default), 100);
            await Page($"pending invoices {way}", lists.ListAsync(invoices with { PendingOnly = true }, default), 20);
            await Page($"pending invoices {way} of some time", lists.ListAsync(invoices with { PendingOnly = true, CreatedFrom = At(rows - 20) }, default), 10);
            var payments = new ListPaymentsQuery { Reversed = reversed, Limit = 100, IncludeIncomplete = true };
            await Page($"payments {way}", lists.ListAsync(payments, default), 100);
            await Page($"payments {way} from the middle", lists.ListAsync(payments with { Offset = middle }, default), 100);
            await Page($"payments {way} of some time", lists.ListAsync(payments with { CreatedFrom = At(rows / 2), CreatedTo = At((rows / 2) + 9) }, default), 10);
            await Page($"payments that succeeded {way}", lists.ListAsync(payments with { IncludeIncomplete = false }, default), 10);
            await Page($"payments that succeeded {way} until", lists.ListAsync(payments with { IncludeIncomplete = false, CreatedTo = At(rows - 1) }, default), 10);
        }

        await Page("invoices added since", lists.AddedAfterAsync(middle, 100, default), 100);
        await Page("invoices settled since", lists.SettledAfterAsync((ulong)rows * 3 / 4 / 2, 100, default), 100);
        await One("payments under way", () => Task.FromResult(Assert.Single(lists.UnfinishedPayments(0, 100, out _))));
        await One("forwards", () => forwards.ListAsync(new ListForwardsQuery(), default));
        await One("forwards from the middle", () => forwards.ListAsync(new ListForwardsQuery { Offset = middle }, default));
        await One("forwards of some time", () => forwards.ListAsync(new ListForwardsQuery { From = At(rows / 4), To = At(rows / 2), Offset = middle / 4 }, default));
        await One("what was earned", () => forwards.EarnedAsync(TimeSpan.FromSeconds(middle), default));
        await One("the last event", () => forwards.LastEventAsync(default));
        await Page("events", forwards.EventsAfterAsync(middle, 100, default), 100);
        return costs;

        async Task Page<T>(string page, Task<IReadOnlyList<T>> list, int expected)
        {
            Assert.Equal((page, expected), (page, (await list).Count));
            costs.Add(page, database.Steps());
        }

        async Task One<T>(string page, Func<Task<T>> read)
        {
            await read();
            costs.Add(page, database.Steps());
        }
    }

    private static DateTimeOffset At(int row) => Start + TimeSpan.FromSeconds(row);

    // One of each a second. The first ten and the last ten invoices are pending; of the others three of four are settled, the rest expired. The last ten payments but one succeeded, all others failed.
    private static void Fill(ViewDatabase database, int rows)
    {
        using var views = database.OpenViews();
        using var transaction = views.BeginTransaction();
        const string Numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @rows)";
        var invoice = SampleInvoice.ToProto().ToByteArray();
        ViewDatabase.Execute(
            views,
            transaction,
            $"""
            {Numbers}
            INSERT INTO view_invoices(add_index, payment_hash, settle_index, state, created_at, expires_at, info)
            SELECT n, randomblob(32), CASE WHEN n > 10 AND n <= @rows - 10 AND n % 4 > 0 THEN n - n / 4 END,
              CASE WHEN n <= 10 THEN {(int)InvoiceState.Accepted} WHEN n > @rows - 10 OR n % 4 = 0 THEN {(int)InvoiceState.Open} ELSE {(int)InvoiceState.Settled} END,
              @start + n * 10000000, @start + (n + 10) * 10000000, @info FROM numbers
            """,
            ("rows", rows),
            ("start", Start.UtcTicks),
            ("info", invoice));
        var payment = PaymentState.Empty.Apply(new PaymentEvent.Started(PaymentSamples.Terms())).ToInfo()!.ToProto().ToByteArray();
        ViewDatabase.Execute(
            views,
            transaction,
            $"""
            {Numbers}
            INSERT INTO view_payments(payment_index, payment_hash, status, created_at, info)
            SELECT n, randomblob(32), CASE WHEN n = @rows THEN {(int)PaymentStatus.InFlight} WHEN n >= @rows - 10 THEN {(int)PaymentStatus.Succeeded} ELSE {(int)PaymentStatus.Failed} END,
              @start + n * 10000000, @info FROM numbers
            """,
            ("rows", rows),
            ("start", Start.UtcTicks),
            ("info", payment));
        ViewDatabase.Execute(
            views, transaction, $"INSERT INTO view_channels(number, channel_key, short_id) VALUES (1, '{ForwardStory.Left}', 11), (2, '{ForwardStory.Right}', 12)");
        ViewDatabase.Execute(
            views,
            transaction,
            $"""
            {Numbers}
            INSERT INTO view_forwards(in_channel, in_htlc, out_channel, out_htlc, amount_in, amount_out, expiry_in, expiry_out, status, preimage, offered_at, offered_index, resolved_at, resolved_index,
              settled_at, settle_index, fees_until)
            SELECT 1, n, 2, n, 2000, 1000, 400, 300, 1, randomblob(32), @start + n * 10000000, n * 2 - 1, @start + n * 10000000, n * 2, @start + n * 10000000, n, n * 1000 FROM numbers
            """,
            ("rows", rows),
            ("start", Start.UtcTicks));
        transaction.Commit();
    }

    private static InvoiceInfo SampleInvoice => Actors.Invoices.InvoiceState.Empty.Apply(new InvoiceEvent.Added(InvoiceSamples.Terms())).ToInfo(DateTimeOffset.MinValue)!;
}
