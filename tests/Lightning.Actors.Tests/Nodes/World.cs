using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Peers;
using Lightning.Bitcoin.Keys;
using Lightning.Chain.Simulated;
using Lightning.Protocol.Invoices;
using PaymentStatus = Lightning.Actors.Api.PaymentStatus;
using RouteHint = Lightning.Protocol.Invoices.RouteHint;
using RouteHintHop = Lightning.Protocol.Invoices.RouteHintHop;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>Several whole nodes over one simulated chain.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly List<TestNode> _nodes = [];

    public SimulatedChain Chain { get; } = new(TimeProvider.System);

    public World() => Chain.Mine(110);

    public async Task<TestNode> StartAsync(string name, Func<LightningNodeOptions, LightningNodeOptions>? configure = null)
    {
        var wallet = new SimulatedWallet(Chain, ExtKey.FromSeed(SHA512.HashData(Encoding.ASCII.GetBytes(name + " wallet"))));
        var node = await TestNode.StartAsync(name, Chain, wallet, options => (configure ?? (static o => o))(options with
        {
            Policy = options.Policy with { ReconnectDelay = TimeSpan.FromMilliseconds(100), MaxReconnectDelay = TimeSpan.FromMilliseconds(500) },
        }));
        _nodes.Add(node);
        return node;
    }

    /// <summary>Gives a node coins of its own.</summary>
    public async Task FundAsync(TestNode node, Satoshi amount)
    {
        Chain.Fund((await node.Wallet.NewAddressAsync(CancellationToken.None)).ScriptPubKey, amount);
        Chain.Mine();
    }

    public async Task ConnectAsync(TestNode from, TestNode to) =>
        Assert.Same(Done.Instance, await from.Runtime.Actors.Peers.Ask<object>(new ConnectPeer(to.Id, "127.0.0.1", to.Address.Port, Persistent: true), Limit));

    /// <summary>Alice, bob and carol with a channel from each to the next, and the hint by which carol's is found.</summary>
    public async Task<(TestNode Alice, TestNode Bob, TestNode Carol, OutPoint First, OutPoint Second, RouteHint Hint)> LineAsync()
    {
        var (alice, bob, carol) = (await StartAsync("alice"), await StartAsync("bob"), await StartAsync("carol"));
        await FundAsync(alice, 2_000_000.Sat());
        await FundAsync(bob, 2_000_000.Sat());
        await ConnectAsync(alice, bob);
        await ConnectAsync(bob, carol);
        var first = await OpenAsync(alice, bob, 1_000_000.Sat());
        var second = await OpenAsync(bob, carol, 1_000_000.Sat());
        var policy = bob.Runtime.Policy;
        return (alice, bob, carol, first, second, new RouteHint([new RouteHintHop(bob.Id, Entry(bob, second)!.ShortChannelId!.Value, policy.FeeBase, policy.FeeProportionalMillionths, policy.CltvExpiryDelta)]));
    }

    /// <summary>Opens a channel and mines until both sides can use it.</summary>
    public async Task<OutPoint> OpenAsync(TestNode from, TestNode to, Satoshi amount, MilliSatoshi push = default)
    {
        var answer = await from.Runtime.Actors.Peers.Ask<object>(new OpenChannelTo(to.Id, amount, push, Announce: true, null, Bytes.Empty), Limit);
        var funding = Assert.IsType<ChannelOpened>(answer).Funding;
        await Eventually.True(() => Chain.Mempool.Any(transaction => transaction.TxId == funding.TxId));
        Chain.Mine(6);
        await ReadyAsync(funding, from, to);
        return funding;
    }

    /// <summary>Mines a transaction that is published, deep enough for anybody.</summary>
    public async Task ConfirmAsync(TxId transaction)
    {
        await Eventually.True(() => Chain.Mempool.Any(waiting => waiting.TxId == transaction));
        Chain.Mine(6);
    }

    /// <summary>Makes an invoice; gives its preimage.</summary>
    public static async Task<PaymentPreimage> InvoiceAsync(TestNode payee, MilliSatoshi amount)
    {
        var preimage = new PaymentPreimage(SystemRandomness.Instance.NextBytes32());
        var terms = new InvoiceTerms(
            preimage.Hash, preimage, payee.Runtime.Keys.PaymentSecretFor(preimage.Hash), "", amount, DateTimeOffset.UtcNow, TimeSpan.FromHours(1), 40);
        Assert.IsType<InvoiceAnswer>(await payee.Runtime.Actors.Invoices.Ask<object>(new AddInvoice(terms), Limit));
        return preimage;
    }

    /// <summary>Begins to pay an invoice.</summary>
    public static async Task BeginPaymentAsync(TestNode payer, TestNode payee, PaymentHash hash, MilliSatoshi amount, params RouteHint[] hints)
    {
        var terms = new PaymentTerms
        {
            RequestId = Guid.NewGuid(),
            PaymentHash = hash,
            PaymentSecret = payee.Runtime.Keys.PaymentSecretFor(hash),
            Payee = payee.Id,
            Amount = amount,
            FeeLimit = 100_000.Msat(),
            MinFinalCltvExpiryDelta = 40,
            CltvLimit = 1000,
            MaxParts = 4,
            CreatedAt = DateTimeOffset.UtcNow,
            Deadline = DateTimeOffset.UtcNow.AddMinutes(1),
            RouteHints = EquatableArray.Create<RouteHint>(hints),
        };
        Assert.IsType<PaymentAnswer>(await payer.Runtime.Actors.Payments.Ask<object>(new StartPayment(terms), Limit));
    }

    /// <summary>Waits for the end of a payment.</summary>
    public static async Task<PaymentInfo> EndOfPaymentAsync(TestNode payer, PaymentHash hash)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var answer = Assert.IsType<PaymentAnswer>(await payer.Runtime.Actors.Payments.Ask<object>(new GetPayment(hash), Limit));
            if (answer.Payment.IsFinal) return answer.Payment;
            Assert.False(limit.IsCancellationRequested, $"the payment is still {answer.Payment.Status}");
            await Task.Delay(5);
        }
    }

    /// <summary>Pays, and expects it to succeed.</summary>
    public static async Task<PaymentInfo> PayAsync(TestNode payer, TestNode payee, MilliSatoshi amount, params RouteHint[] hints)
    {
        var preimage = await InvoiceAsync(payee, amount);
        await BeginPaymentAsync(payer, payee, preimage.Hash, amount, hints);
        var ended = await EndOfPaymentAsync(payer, preimage.Hash);
        Assert.Equal(PaymentStatus.Succeeded, ended.Status);
        Assert.Equal(preimage, ended.Preimage);
        return ended;
    }

    /// <summary>What a node has in a channel.</summary>
    public static MilliSatoshi Balance(TestNode node, OutPoint funding) => Entry(node, funding)!.Funded!.Commitments.Latest.LocalSpec.ToLocal;

    public static async Task ReadyAsync(OutPoint funding, params TestNode[] nodes)
    {
        foreach (var node in nodes)
        {
            await Eventually.True(() => Entry(node, funding) is { IsUsable: true });

            // Right after a start a channel may be usable before the node has heard of a block; without a height it begins no payment.
            await node.Runtime.Tip.Known.WaitAsync(Limit);
        }
    }

    public static ChannelEntry? Entry(TestNode node, OutPoint funding) => node.Runtime.Directory.TryGet(funding, out var entry) ? entry : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await Chain.DisposeAsync();
    }
}
