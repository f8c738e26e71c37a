using System.Security.Cryptography;
using System.Text;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Bitcoin.Keys;
using Lightning.Chain.Simulated;

namespace Lightning.Actors.Tests.Hosting;

/// <summary>
/// One payment's life over nodes that are stopped in good order and started again, with their real hosts, clusters, files and sockets, and in real time: what
/// scenarios show of nodes that are killed holds of these as well.
/// </summary>
public sealed class HostedLifeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_held_payment_survives_the_restart_of_its_payer_and_then_of_its_payee()
    {
        await using var chain = new SimulatedChain(TimeProvider.System);
        chain.Mine(110);
        await using var alice = await StartAsync("alice", chain);
        await using var bob = await StartAsync("bob", chain);
        chain.Fund((await alice.Wallet.NewAddressAsync(CancellationToken.None)).ScriptPubKey, 2_000_000.Sat());
        chain.Mine();
        await alice.Node.ConnectPeerAsync(bob.PeerAddress).WaitAsync(Limit);
        var request = new OpenChannelRequest { Peer = bob.Id, Capacity = 1_000_000.Sat() };
        var funding = await alice.Node.OpenChannelAsync(request).WaitAsync(Limit);
        await Eventually.True(() => chain.Mempool.Any(transaction => transaction.TxId == funding.TxId));
        chain.Mine(6);
        await ReadyAsync(funding, alice, bob);

        var preimage = new PaymentPreimage(new Bytes32(SHA256.HashData("hold"u8)));
        var held = await bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = 50_000_000.Msat(), HoldFor = preimage.Hash });
        using (var listening = new CancellationTokenSource())
        {
            var paying = EndAsync(alice.Node.PayInvoiceAsync(new PayInvoiceRequest(held.PaymentRequest), listening.Token));
            await AcceptedAsync(bob, preimage.Hash);
            await listening.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => paying);
        }

        await alice.StopAsync();
        await Eventually.True(() => Entry(bob, funding) is { IsUsable: false });
        await alice.StartAsync();
        await ReadyAsync(funding, alice, bob);
        Assert.Equal(InvoiceState.Accepted, (await bob.Node.LookupInvoiceAsync(preimage.Hash)).State);

        await bob.StopAsync();
        await bob.StartAsync(samePort: true);
        await ReadyAsync(funding, alice, bob);
        await AcceptedAsync(bob, preimage.Hash);
        await bob.Node.SettleInvoiceAsync(preimage).WaitAsync(Limit);
        var ended = await EndAsync(alice.Node.TrackPaymentAsync(preimage.Hash)).WaitAsync(Limit);
        Assert.Equal((PaymentStatus.Succeeded, preimage), (ended.Status, ended.Preimage!.Value));
        await Eventually.Is(() => Entry(bob, funding)!.Funded!.Commitments.Latest.LocalSpec.ToLocal, static balance => balance == 50_000_000.Msat());
    }

    private static Task<HostedNode> StartAsync(string name, SimulatedChain chain) => HostedNode.StartAsync(
        name,
        chain,
        new SimulatedWallet(chain, ExtKey.FromSeed(SHA512.HashData(Encoding.ASCII.GetBytes(name + " wallet")))),
        static options => options with { Policy = options.Policy with { ReconnectDelay = TimeSpan.FromMilliseconds(100), MaxReconnectDelay = TimeSpan.FromMilliseconds(500) } });

    private static async Task ReadyAsync(OutPoint funding, params HostedNode[] nodes)
    {
        foreach (var node in nodes)
        {
            await Eventually.True(() => Entry(node, funding) is { IsUsable: true });

            // Right after a start a channel may be usable before the node has heard of a block; without a height it begins and settles no payment.
            await node.Runtime.Tip.Known.WaitAsync(Limit);
        }
    }

    private static ChannelEntry? Entry(HostedNode node, OutPoint funding) => node.Runtime.Directory.TryGet(funding, out var entry) ? entry : null;

    private static Task AcceptedAsync(HostedNode payee, PaymentHash hash) =>
        Eventually.Is(async () => (await payee.Node.LookupInvoiceAsync(hash)).State, static state => state == InvoiceState.Accepted, (int)Limit.TotalSeconds);

    private static async Task<PaymentInfo> EndAsync(IAsyncEnumerable<PaymentInfo> news)
    {
        PaymentInfo? last = null;
        await foreach (var payment in news) last = payment;
        return last!;
    }
}
