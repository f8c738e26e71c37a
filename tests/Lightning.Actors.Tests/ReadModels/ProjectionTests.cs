using Lightning.Actors.Api;
using Lightning.Actors.Invoices;
using Lightning.Actors.Journal;
using Lightning.Actors.Payments;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Tests.Invoices;
using Lightning.Actors.Tests.Payments;
using Microsoft.Extensions.Time.Testing;

namespace Lightning.Actors.Tests.ReadModels;

public sealed class ProjectionTests : IDisposable
{
    private readonly WrittenJournal _journal = new();
    private readonly FakeTimeProvider _time = new(InvoiceSamples.Noon);

    public void Dispose() => _journal.Dispose();

    private static PaymentPreimage Preimage(int n) => new(PaymentSamples.Filled((byte)n));

    private static InvoiceEvent.Added Added(int n) => new(InvoiceSamples.Terms() with
    {
        PaymentHash = Preimage(n).Hash, Preimage = Preimage(n), CreatedAt = InvoiceSamples.Noon + TimeSpan.FromMinutes(n),
    });

    private static InvoiceEvent.Settled Settled(int n) => new(Preimage(n), [InvoiceSamples.Part((ulong)n)], InvoiceSamples.Noon + TimeSpan.FromMinutes(n));

    private static PaymentEvent.Started Started(int n) => new(PaymentSamples.Terms() with
    {
        PaymentHash = Preimage(n).Hash, CreatedAt = PaymentSamples.Noon + TimeSpan.FromMinutes(n),
    });

    private ViewQueries Project(ViewDatabase? database = null)
    {
        database ??= new SqliteViews(_journal.JournalFile, _journal.ViewsFile);
        database.Prepare();
        var projection = new Projection(database, _time);
        while (projection.Advance())
        {
            // To the end.
        }

        return new ViewQueries(database, _time);
    }

    private static async Task<IEnumerable<ulong>> Indexes(ViewQueries queries, ListInvoicesQuery query) =>
        (await queries.ListAsync(query, default)).Select(static invoice => invoice.AddIndex);

    [Fact]
    public async Task Invoices_are_numbered_as_they_are_added_and_as_they_are_settled()
    {
        for (var n = 1; n <= 5; n++) _journal.Write(Preimage(n).Hash, Added(n));
        foreach (var n in new[] { 4, 2, 5 }) _journal.Write(Preimage(n).Hash, Settled(n));
        var queries = Project();
        var all = await queries.ListAsync(new ListInvoicesQuery(), default);
        Assert.Equal([(1, 0), (2, 2), (3, 0), (4, 1), (5, 3)], all.Select(static i => ((int)i.AddIndex, (int)i.SettleIndex)));
        Assert.Equal([4UL, 2, 5], (await queries.SettledAfterAsync(0, 10, default)).Select(static i => i.AddIndex));
        Assert.Equal([5UL], (await queries.SettledAfterAsync(2, 10, default)).Select(static i => i.AddIndex));
        Assert.Equal([4UL, 5], (await queries.AddedAfterAsync(3, 10, default)).Select(static i => i.AddIndex));
        Assert.Equal((4UL, 1UL), await queries.FindInvoiceAsync(Preimage(4).Hash, default));
        Assert.Null(await queries.FindInvoiceAsync(Preimage(9).Hash, default));
    }

    [Fact]
    public async Task Work_goes_on_where_it_ended_and_a_lost_file_is_made_again_the_same()
    {
        for (var n = 1; n <= 3; n++) _journal.Write(Preimage(n).Hash, Added(n));
        _journal.Write(Preimage(2).Hash, Settled(2));
        Project();
        _journal.Write(Preimage(4).Hash, Added(4));
        _journal.Write(Preimage(1).Hash, Settled(1));
        var before = await Project().ListAsync(new ListInvoicesQuery(), default);
        Assert.Equal([2UL, 1, 0, 0], before.Select(static i => i.SettleIndex));
        File.Delete(_journal.ViewsFile);
        var after = await Project().ListAsync(new ListInvoicesQuery(), default);
        Assert.Equal(before.Select(static i => i.ToProto()), after.Select(static i => i.ToProto()));
    }

    [Fact]
    public async Task Tables_of_another_journal_are_not_believed()
    {
        for (var n = 1; n <= 3; n++) _journal.Write(Preimage(n).Hash, Added(n));
        Project();
        using (var connection = SqliteSchema.Open(SqliteSchema.ConnectionString(_journal.JournalFile)))
            SqliteSchema.Execute(connection, "DELETE FROM journal WHERE ordering > 1");
        Assert.Equal([1UL], await Indexes(Project(), new ListInvoicesQuery()));
    }

    [Fact]
    public async Task Pages_go_forwards_and_backwards_and_keep_to_the_times()
    {
        for (var n = 1; n <= 10; n++) _journal.Write(Preimage(n).Hash, Added(n));
        _journal.Write(Preimage(3).Hash, Settled(3));
        var queries = Project();
        Assert.Equal([1UL, 2, 3], await Indexes(queries, new ListInvoicesQuery { Limit = 3 }));
        Assert.Equal([4UL, 5, 6], await Indexes(queries, new ListInvoicesQuery { Limit = 3, Offset = 3 }));
        Assert.Equal([8UL, 9, 10], await Indexes(queries, new ListInvoicesQuery { Limit = 3, Reversed = true }));
        Assert.Equal([5UL, 6, 7], await Indexes(queries, new ListInvoicesQuery { Limit = 3, Reversed = true, Offset = 8 }));
        Assert.Equal([4UL, 5], await Indexes(queries, new ListInvoicesQuery { CreatedFrom = InvoiceSamples.Noon + TimeSpan.FromMinutes(4), CreatedTo = InvoiceSamples.Noon + TimeSpan.FromMinutes(5) }));
        Assert.Equal([1UL, 2, 4, 5], await Indexes(queries, new ListInvoicesQuery { PendingOnly = true, Limit = 4 }));
        _time.Advance(TimeSpan.FromMinutes(63));
        Assert.Equal([4UL, 5], await Indexes(queries, new ListInvoicesQuery { PendingOnly = true, Limit = 2, Offset = 2 }));
        Assert.Equal(Api.InvoiceState.Canceled, (await queries.ListAsync(new ListInvoicesQuery { Limit = 1 }, default))[0].State);
    }

    [Fact]
    public async Task Payments_are_numbered_and_one_tried_again_is_a_new_one()
    {
        for (var n = 1; n <= 3; n++) _journal.Write(Preimage(n).Hash, Started(n));
        _journal.Write(Preimage(2).Hash, new PaymentEvent.Succeeded(Preimage(2), PaymentSamples.Noon));
        _journal.Write(Preimage(1).Hash, new PaymentEvent.Failed(PaymentFailureReason.NoRoute, PaymentSamples.Noon));
        var queries = Project();
        Assert.Equal([2UL], (await queries.ListAsync(new ListPaymentsQuery(), default)).Select(static p => p.Index));
        Assert.Equal([1UL, 2, 3], (await queries.ListAsync(new ListPaymentsQuery { IncludeIncomplete = true }, default)).Select(static p => p.Index));
        Assert.Equal([Preimage(3).Hash], queries.UnfinishedPayments(0, 10, out var last));
        Assert.Equal(3UL, last);
        _journal.Write(Preimage(1).Hash, Started(1));
        queries = Project();
        Assert.Equal([2UL, 3, 4], (await queries.ListAsync(new ListPaymentsQuery { IncludeIncomplete = true }, default)).Select(static p => p.Index));
        Assert.Equal(4UL, await queries.FindPaymentAsync(Preimage(1).Hash, default));
        Assert.Equal(2, queries.UnfinishedPayments(0, 10, out _).Count);
    }

    [Fact]
    public async Task More_than_one_batch_is_taken_in()
    {
        _journal.Write("channel-1", Enumerable.Repeat((object)Actors.Entities.OwnershipTaken.Instance, 1_200));
        _journal.Write(Preimage(1).Hash, Added(1));
        Assert.Equal([1UL], await Indexes(Project(), new ListInvoicesQuery()));
    }

    [Fact]
    public async Task A_row_that_becomes_visible_late_is_waited_for_and_one_that_never_was_is_not()
    {
        using var database = new LateViews(_journal) { IsWriting = true };
        Write(1, 1);
        Write(3, 3);
        var queries = Project(database);
        Assert.Equal([1UL], await Indexes(queries, new ListInvoicesQuery()));
        Write(2, 2);
        Assert.Equal([1UL, 2, 3], await Indexes(Project(database), new ListInvoicesQuery()));
        Assert.Equal(2UL, (await queries.FindInvoiceAsync(Preimage(2).Hash, default))!.Value.AddIndex);

        // 4 was taken by a write that was refused.
        Write(5, 5);
        var projection = new Projection(database, _time);
        Assert.False(projection.Advance());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(projection.Advance());
        Assert.Equal(3, (await queries.ListAsync(new ListInvoicesQuery(), default)).Count);
        database.IsWriting = false;
        projection.Advance();
        Assert.Equal(4, (await queries.ListAsync(new ListInvoicesQuery(), default)).Count);

        void Write(int n, long ordering) => _journal.Write($"{InvoiceActor.PersistencePrefix}{Preimage(n).Hash}", [Added(n)], ordering);
    }
}
