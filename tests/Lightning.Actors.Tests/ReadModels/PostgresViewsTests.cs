using Lightning.Actors.Api;
using Lightning.Actors.Invoices;
using Lightning.Actors.Journal;
using Lightning.Actors.Payments;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Tests.Invoices;
using Lightning.Actors.Tests.Payments;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using static Lightning.Actors.Tests.ReadModels.ForwardStory;

namespace Lightning.Actors.Tests.ReadModels;

/// <summary>The same statements over PostgreSQL.</summary>
public sealed class PostgresViewsTests
{
    private readonly FakeTimeProvider _time = new(Noon + TimeSpan.FromHours(1));

    [PostgresFact]
    public async Task Lists_are_kept_and_paged_in_PostgreSQL_as_in_SQLite()
    {
        using var server = new PostgresServer();
        await PostgresSchema.PrepareAsync(server.ConnectionString, default);
        await using var journal = NpgsqlDataSource.Create(server.ConnectionString);
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        var at = Noon;
        foreach (var (channel, happened) in OpenedChannels()) Write(EntityOf(channel), happened);
        for (var n = 1UL; n <= 5; n++)
        {
            foreach (var (channel, happened) in new[] { In(Left, (n, 501_000)), Out(Right, n, 500_000, Left, n), n == 2 ? Failed(Left, n) : Paid(Left, n) }) Write(EntityOf(channel), happened);
            Write($"{InvoiceActor.PersistencePrefix}{Preimage(n).Hash}", new InvoiceEvent.Added(InvoiceSamples.Terms() with { PaymentHash = Preimage(n).Hash, Preimage = Preimage(n), CreatedAt = at, Expiry = TimeSpan.FromHours(2) }));
            if (n == 3) Write($"{InvoiceActor.PersistencePrefix}{Preimage(n).Hash}", new InvoiceEvent.Settled(Preimage(n), [InvoiceSamples.Part(n)], at));
            Write($"{PaymentActor.PersistencePrefix}{Preimage(n).Hash}", new PaymentEvent.Started(PaymentSamples.Terms() with { PaymentHash = Preimage(n).Hash, CreatedAt = at }));
        }

        Write(EntityOf(Right), new Lightning.Channels.Events.DurableEvent.AddRefused(new Lightning.Channels.Parameters.HtlcOrigin.Relayed(Left, 5), Lightning.Channels.Updates.AddRefusal.Offline, 400));
        using var database = new PostgresViews(server.ConnectionString);
        for (var start = 0; start < 2; start++)
        {
            database.Prepare();
            var projection = new Projection(database, _time);
            while (projection.Advance())
            {
                // To the end.
            }

            var (lists, forwards) = (new ViewQueries(database, _time), new ForwardQueries(database, _time));
            Assert.Equal([1UL, 3, 4, 5], (await forwards.ListAsync(new ListForwardsQuery(), default)).Forwards.Select(static one => one.IncomingHtlcId));
            Assert.Equal([4UL], (await forwards.ListAsync(new ListForwardsQuery { From = Noon, To = at, Offset = 2, Limit = 1, IncomingChannels = [LeftId], OutgoingChannels = [RightId] }, default)).Forwards.Select(static one => one.IncomingHtlcId));
            Assert.Equal(4_000.Msat(), await forwards.EarnedAsync(TimeSpan.FromDays(1), default));
            Assert.Equal(10UL, await forwards.LastEventAsync(default));
            Assert.Equal([HtlcEventKind.Forwarded, HtlcEventKind.Failed], (await forwards.EventsAfterAsync(2, 2, default)).Select(static one => one.Event.Kind));
            Assert.Equal([4UL, 5], (await lists.ListAsync(new ListInvoicesQuery { Reversed = true, Limit = 2, CreatedFrom = Noon }, default)).Select(static one => one.AddIndex));
            Assert.Equal([1UL, 2, 4], (await lists.ListAsync(new ListInvoicesQuery { PendingOnly = true, Offset = 0, Limit = 3, CreatedTo = at }, default)).Select(static one => one.AddIndex));
            Assert.Equal([2UL, 3], (await lists.ListAsync(new ListPaymentsQuery { IncludeIncomplete = true, Offset = 1, Limit = 2, CreatedFrom = Noon, CreatedTo = at }, default)).Select(static one => one.Index));
            Assert.Equal(5UL, await lists.CountPaymentsAsync(default));

            // The second time they are made anew.
            await using var forget = journal.CreateCommand("UPDATE view_version SET version = 1");
            await forget.ExecuteNonQueryAsync();
        }

        void Write(string entity, object happened)
        {
            var format = LightningSerializer.Formats.Find(happened.GetType())!;
            using var insert = journal.CreateCommand("INSERT INTO journal(created, deleted, persistence_id, sequence_number, message, manifest, identifier) VALUES ($1, false, $2, $3, $4, $5, 7001)");
            insert.Parameters.AddWithValue(at.UtcTicks);
            insert.Parameters.AddWithValue(entity);
            insert.Parameters.AddWithValue(numbers[entity] = numbers.GetValueOrDefault(entity) + 1);
            insert.Parameters.AddWithValue(format.Write(happened));
            insert.Parameters.AddWithValue(format.Manifest);
            insert.ExecuteNonQuery();
            at = at.AddSeconds(1);
        }
    }
}
