using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.Journal;
using Lightning.Protocol.Onion;
using Microsoft.Extensions.Time.Testing;
using static Lightning.Actors.Tests.Invoices.InvoiceSamples;

namespace Lightning.Actors.Tests.Invoices;

public sealed class InvoiceActorTests : JournalSystem
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new(Noon);
    private uint? _height = Height;

    private IActorRef Spawn(NodePolicy? policy = null, ActorSystem? system = null) => (system ?? Sys).ActorOf(InvoiceActor.Props(
        Hash.ToString(), new InvoiceServices(policy ?? new NodePolicy(), _time, () => _height, TestActor, ActorRefs.Nobody)));

    private long Events()
    {
        using var connection = SqliteSchema.Open(SqliteSchema.ConnectionString(DatabaseFile));
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM journal";
        return (long)command.ExecuteScalar()!;
    }

    private void Kill(IActorRef entity)
    {
        Watch(entity);
        entity.Tell(EntityStop.Instance);
        ExpectTerminated(entity, Wait);
    }

    [Fact]
    public void An_invoice_is_made_paid_and_read_and_a_restart_changes_nothing()
    {
        var entity = Spawn();
        entity.Tell(new AddInvoice(Terms()), TestActor);
        Assert.Equal(Api.InvoiceState.Open, ExpectMsg<InvoiceAnswer>(Wait).Invoice.State);
        entity.Tell(Offer(Part(7)), TestActor);
        Assert.Equal(new SettlePart(Part(7).Key.Channel, 7, Preimage), ExpectMsg<SettlePart>(Wait));
        entity.Tell(new GetInvoice(Hash), TestActor);
        var paid = ExpectMsg<InvoiceAnswer>(Wait).Invoice;
        Assert.Equal(new MilliSatoshi(100_000), paid.AmountPaid);
        Kill(entity);
        var events = Events();
        Assert.Equal(3, events);
        var next = Spawn();
        next.Tell(Offer(Part(7)), TestActor);
        Assert.Equal(Preimage, ExpectMsg<SettlePart>(Wait).Preimage);
        next.Tell(new GetInvoice(Hash), TestActor);
        Assert.Equal(Api.InvoiceState.Settled, ExpectMsg<InvoiceAnswer>(Wait).Invoice.State);
        Assert.Equal(events, Events());
    }

    [Fact]
    public void Asking_for_an_unknown_invoice_writes_nothing()
    {
        var entity = Spawn();
        entity.Tell(new GetInvoice(Hash), TestActor);
        Assert.Equal(LightningErrorKind.NotFound, ExpectMsg<Refused>(Wait).Kind);
        entity.Tell(new CancelInvoice(Hash), TestActor);
        Assert.Equal(LightningErrorKind.NotFound, ExpectMsg<Refused>(Wait).Kind);
        Assert.Equal(0, Events());
    }

    [Fact]
    public void Parts_that_do_not_add_up_are_sent_back_when_the_time_is_up()
    {
        // The timer runs on real time here; the clock decides.
        var entity = Spawn(new NodePolicy { MultiPartTimeout = TimeSpan.FromMilliseconds(200) });
        entity.Tell(new AddInvoice(Terms()), TestActor);
        ExpectMsg<InvoiceAnswer>(Wait);
        entity.Tell(Offer(Part(1, 40_000, 100_000)), TestActor);
        entity.Tell(new GetInvoice(Hash), TestActor);
        Assert.Equal(InvoiceHtlcState.Accepted, Assert.Single(ExpectMsg<InvoiceAnswer>(Wait).Invoice.Htlcs).State);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(new FailPart(Part(1).Key.Channel, 1, new FailureMessage(FailureCode.MppTimeout)), ExpectMsg<FailPart>(Wait));
    }

    [Fact]
    public void A_part_waits_until_the_block_height_is_known()
    {
        _height = null;
        var entity = Spawn();
        entity.Tell(new AddInvoice(Terms()), TestActor);
        ExpectMsg<InvoiceAnswer>(Wait);
        entity.Tell(Offer(Part(1)), TestActor);
        entity.Tell(new GetInvoice(Hash), TestActor);
        Assert.Empty(ExpectMsg<InvoiceAnswer>(Wait).Invoice.Htlcs);
        _height = Height;
        entity.Tell(Offer(Part(1)), TestActor);
        ExpectMsg<SettlePart>(Wait);
    }

    [Fact]
    public void Who_watches_sees_every_change()
    {
        var watcher = CreateTestProbe();
        var entity = Spawn();
        entity.Tell(new AddInvoice(Terms(hold: true)), TestActor);
        ExpectMsg<InvoiceAnswer>(Wait);
        entity.Tell(new WatchInvoice(Hash), watcher);
        Assert.Equal(Api.InvoiceState.Open, watcher.ExpectMsg<InvoiceAnswer>(Wait).Invoice.State);
        entity.Tell(Offer(Part(1)), TestActor);
        Assert.Equal(Api.InvoiceState.Accepted, watcher.ExpectMsg<InvoiceAnswer>(Wait).Invoice.State);
        entity.Tell(new SettleInvoice(Hash, Preimage), TestActor);
        ExpectMsg<SettlePart>(Wait);
        Assert.Equal(Api.InvoiceState.Settled, ExpectMsg<InvoiceAnswer>(Wait).Invoice.State);
        Assert.Equal(Preimage, watcher.ExpectMsg<InvoiceAnswer>(Wait).Invoice.Preimage);
    }

    [Fact]
    public void A_replaced_incarnation_sends_nothing_back()
    {
        var stale = Spawn();
        stale.Tell(new AddInvoice(Terms()), TestActor);
        ExpectMsg<InvoiceAnswer>(Wait);
        var current = Spawn(system: Another());
        current.Tell(Offer(Part(1)), TestActor);
        ExpectMsg<SettlePart>(Wait);
        Watch(stale);
        stale.Tell(Offer(Part(1, total: 1)), TestActor);
        ExpectTerminated(stale, Wait);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }
}
