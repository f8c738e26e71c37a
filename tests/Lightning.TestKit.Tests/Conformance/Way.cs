using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>A node, alice, between two peers that do what the test says: mallory pays eve over alice.</summary>
internal sealed class Way : IAsyncDisposable
{
    public static readonly MilliSatoshi Amount = new(20_000_000);
    public static readonly MilliSatoshi Fee = new(1_020);

    private Way(Encounter met, ScriptedPeer eve, ScriptedChannel to) => (Met, Eve, To, Invoice, OutgoingExpiry) = (met, eve, to, eve.Invoice(Amount), met.Net.Chain.Height + 150);

    public Encounter Met { get; }

    public ScenarioNetwork Net => Met.Net;

    public ScenarioNode Alice => Met.Alice;

    public ScriptedPeer Eve { get; }

    public ScriptedChannel From => Met.Channel;

    public ScriptedChannel To { get; }

    public ScenarioInvoice Invoice { get; }

    public PaymentPreimage Preimage => Invoice.Preimage!.Value;

    public uint OutgoingExpiry { get; }

    public uint IncomingExpiry => OutgoingExpiry + 80;

    public ScriptedOnion Onion { get; private set; } = null!;

    public static async Task<Way> Make(MilliSatoshi? push = null, ScriptedPeerOptions? eve = null, NodePolicy? policy = null)
    {
        var met = await Encounter.Opened(new ScriptedPeerOptions { Channels = new ChannelConfig { Network = Network.Regtest, MaxCltvDelta = 10_000 } }, policy: policy);
        var next = await met.Net.AddScriptedPeer("eve", eve);
        return new Way(met, next, await next.OpenTo("alice", Encounter.Capacity, push ?? new MilliSatoshi(500_000_000)));
    }

    /// <summary>Mallory offers an HTLC for eve: it is due, and not sent yet.</summary>
    /// <param name="change">What is changed; null for nothing.</param>
    /// <param name="amount">What eve gets; null for <see cref="Amount"/>.</param>
    public void Pay(Func<Relay, Relay>? change = null, MilliSatoshi? amount = null)
    {
        var value = amount ?? Amount;
        var final = new HopPayload
        {
            AmountToForward = value,
            OutgoingCltvValue = OutgoingExpiry,
            PaymentData = new PaymentData(Lightning.Protocol.Invoices.Bolt11.Decode(Invoice.PaymentRequest).PaymentSecret, value),
        };
        var relay = new Relay(value + Fee, IncomingExpiry, new HopPayload { AmountToForward = value, OutgoingCltvValue = OutgoingExpiry, ShortChannelId = To.ShortChannelId });
        if (change is not null) relay = change(relay);
        Onion = Met.Mallory.Onion(Invoice.PaymentHash, (Met.Alice.Id, relay.Payload.Encode()), (Eve.Id, final.Encode()));
        From.Add(relay.Amount, Invoice.PaymentHash, relay.CltvExpiry, Onion);
    }

    /// <summary>The HTLC is on its way and irrevocable on both channels.</summary>
    public async Task Arrive()
    {
        Pay();
        await RunBoth();
        Assert.Single(To.Incoming);
    }

    public async Task RunBoth()
    {
        for (var i = 0; i < 4; i++)
        {
            await From.Run();
            await To.Run();
        }
    }

    public ValueTask DisposeAsync() => Met.DisposeAsync();
}
