using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Protocol.Invoices;
using RouteHintHop = Lightning.Protocol.Invoices.RouteHintHop;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>Nodes that are restarted while a payment is held half way.</summary>
public sealed class RestartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_held_payment_survives_the_restart_of_its_payer_and_then_of_its_payee()
    {
        await using var world = new World();
        var (alice, bob) = (await world.StartAsync("alice"), await world.StartAsync("bob"));
        await world.FundAsync(alice, 2_000_000.Sat());
        await world.ConnectAsync(alice, bob);
        var funding = await world.OpenAsync(alice, bob, 1_000_000.Sat());
        var preimage = await HoldAsync(bob, 50_000_000.Msat());
        await World.BeginPaymentAsync(alice, bob, preimage.Hash, 50_000_000.Msat());
        await AcceptedAsync(bob, preimage.Hash);

        await alice.StopAsync();
        await alice.StartAsync();
        await World.ReadyAsync(funding, alice, bob);
        Assert.Equal(Api.InvoiceState.Accepted, (await StateAsync(bob, preimage.Hash)).State);

        await bob.StopAsync();
        await bob.StartAsync(samePort: true);
        await World.ReadyAsync(funding, alice, bob);
        await AcceptedAsync(bob, preimage.Hash);

        // Without a block height nobody can say whether it is too late to settle.
        await bob.Runtime.Tip.Known.WaitAsync(Limit);
        Assert.IsType<InvoiceAnswer>(await bob.Runtime.Actors.Invoices.Ask<object>(new SettleInvoice(preimage.Hash, preimage), Limit));
        var ended = await World.EndOfPaymentAsync(alice, preimage.Hash);
        Assert.Equal((PaymentStatus.Succeeded, preimage), (ended.Status, ended.Preimage!.Value));
        await Eventually.Is(() => World.Balance(bob, funding), balance => balance == 50_000_000.Msat());
    }

    [Fact]
    public async Task A_forwarded_payment_survives_the_restart_of_the_node_between_and_counts_once()
    {
        await using var world = new World();
        var (alice, bob, carol, first, second, hint) = await world.LineAsync();
        var policy = bob.Runtime.Policy;
        var preimage = await HoldAsync(carol, 70_000_000.Msat());
        await World.BeginPaymentAsync(alice, carol, preimage.Hash, 70_000_000.Msat(), hint);
        await AcceptedAsync(carol, preimage.Hash);

        await bob.StopAsync();
        Assert.IsType<InvoiceAnswer>(await carol.Runtime.Actors.Invoices.Ask<object>(new SettleInvoice(preimage.Hash, preimage), Limit));
        await bob.StartAsync(samePort: true);
        await World.ReadyAsync(first, alice, bob);
        await World.ReadyAsync(second, bob, carol);
        var ended = await World.EndOfPaymentAsync(alice, preimage.Hash);
        Assert.Equal((PaymentStatus.Succeeded, preimage), (ended.Status, ended.Preimage!.Value));
        await Eventually.Is(() => World.Balance(carol, second), balance => balance == 70_000_000.Msat());
        await Eventually.Is(() => World.Balance(bob, first), balance => balance == 70_000_000.Msat() + paid(policy));

        // The channels go on as if nothing had been.
        await World.PayAsync(alice, carol, 1_000_000.Msat(), hint);

        static MilliSatoshi paid(NodePolicy policy) => policy.FeeBase + new MilliSatoshi(70_000_000L * policy.FeeProportionalMillionths / 1_000_000);
    }

    internal static async Task<PaymentPreimage> HoldAsync(TestNode payee, MilliSatoshi amount)
    {
        var preimage = new PaymentPreimage(SystemRandomness.Instance.NextBytes32());
        var terms = new InvoiceTerms(
            preimage.Hash, null, payee.Runtime.Keys.PaymentSecretFor(preimage.Hash), "", amount, DateTimeOffset.UtcNow, TimeSpan.FromHours(1), 40);
        Assert.IsType<InvoiceAnswer>(await payee.Runtime.Actors.Invoices.Ask<object>(new AddInvoice(terms), Limit));
        return preimage;
    }

    internal static Task AcceptedAsync(TestNode payee, PaymentHash hash) =>
        Eventually.Is(async () => (await StateAsync(payee, hash)).State, static state => state == Api.InvoiceState.Accepted, (int)Limit.TotalSeconds);

    private static async Task<InvoiceInfo> StateAsync(TestNode payee, PaymentHash hash) =>
        Assert.IsType<InvoiceAnswer>(await payee.Runtime.Actors.Invoices.Ask<object>(new GetInvoice(hash), Limit)).Invoice;
}
