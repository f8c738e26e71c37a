using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>Ours - LDK - ours: payments between two nodes of ours that LDK passes on, over unannounced channels that our invoices name.</summary>
[Collection("processes")]
public sealed class ForwardingByLdkTests
{
    [SkippableFact]
    public async Task Payments_of_ours_go_through_LDK_both_ways_and_their_failures_are_of_the_hop_that_failed()
    {
        await using var bitcoind = await Bitcoind.StartAsync();
        var (startingLdk, startingAlice, startingBob) = (LdkNode.StartAsync("ldk", bitcoind), OursAsync("alice"), OursAsync("bob"));
        await using var ldk = await startingLdk;
        await using var alice = await startingAlice;
        await using var bob = await startingBob;
        await OpenAsync(bitcoind, alice, ldk, bob);

        // One part, forth and back, with LDK's fee of 1,000 msat for each.
        Assert.Equal((12_345_678L, 1_000L), await PayAsync(alice, bob, 12_345_678));
        Assert.Equal((7_000_001L, 1_000L), await PayAsync(bob, alice, 7_000_001));

        // More than one channel of the payer holds.
        var (paid, fee) = await PayAsync(alice, bob, 900_000_000);
        Assert.Equal((900_000_000L, 0L), (paid, fee % 1_000));
        Assert.True(fee > 1_000, "the large payment went in one part");
        var forwards = (await ldk.CallAsync("listpayments")).GetProperty("forwards").EnumerateArray().ToArray();
        Assert.Equal(2_000 + fee, forwards.Sum(static forward => LdkNode.Msat(forward, "fee_msat")));

        // The payee refuses: nobody else is to blame, and nothing else is tried.
        var held = await bob.HoldInvoiceAsync(5_000_000);
        var refused = alice.PayAsync(held.Bolt11, 3600);
        await Until.TrueAsync("bob holds the payment", TimeSpan.FromSeconds(30), async () => await bob.InvoiceStateAsync(held.Hash) == "ACCEPTED");
        await bob.CancelAsync(held);
        Assert.Equal(("FAILED", "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS"), Reason(await refused));
        Assert.Equal(("INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS", 2u), await FailureAsync(alice));

        // LDK cannot reach bob.
        var invoice = await InvoiceAsync(bob, 6_000_000);
        await bob.StopAsync();
        var failed = await alice.PayAsync(invoice, 20);
        Assert.Equal("FAILED", failed.GetProperty("status").GetString());
        Assert.Equal(1u, (await FailureAsync(alice)).Source);

        Task<LightningNode> OursAsync(string name) => LightningNode.StartAsync(name, bitcoind, "--bitcoind-wallet", name, "--to-self-delay", "144");
    }

    private static async Task OpenAsync(Bitcoind bitcoind, LightningNode alice, LdkNode ldk, LightningNode bob)
    {
        for (var i = 0; i < 2; i++)
        {
            await alice.FundAsync(bitcoind, 0.1m * (i + 1));
            await ldk.FundAsync(bitcoind, 0.1m);
        }

        await ldk.SyncAsync(bitcoind);
        await alice.ConnectAsync(ldk.NodeId, ldk.Port);
        await ldk.ConnectAsync(bob.NodeId, bob.Port);
        List<string> ofAlice = [await alice.OpenChannelAsync(ldk.NodeId, 1_000_000, 333_000), await alice.OpenChannelAsync(ldk.NodeId, 1_000_000, 333_000)];
        var opened = await ldk.CallAsync("openchannel", new JsonObject { ["id"] = bob.NodeId, ["amount_sat"] = 3_000_000, ["push_msat"] = 1_000_000_000, ["public"] = false });
        var ofBob = opened.GetProperty("funding_txid").GetString()!;
        foreach (var funding in ofAlice.Append(ofBob)) await bitcoind.UntilInMempoolAsync(funding);
        await bitcoind.MineAsync(6);
        await ldk.SyncAsync(bitcoind);
        foreach (var funding in ofAlice) await alice.ActiveAsync(funding);
        await bob.ActiveAsync(ofBob);
    }

    // LDK tells its terms some time after the channel is there.
    private static Task<string> InvoiceAsync(LightningNode payee, long msat) => Until.NotNullAsync("an invoice names the channel", TimeSpan.FromSeconds(30), async () =>
    {
        var added = await payee.PostAsync("/v1/invoices", new JsonObject { ["value_msat"] = $"{msat}", ["private"] = true });
        var invoice = added.GetProperty("payment_request").GetString()!;
        var hints = (await payee.GetAsync($"/v1/payreq/{invoice}")).GetProperty("route_hints").EnumerateArray();
        return hints.Any(static hint => hint.GetProperty("hop_hints")[0].GetProperty("cltv_expiry_delta").GetUInt32() == 72) ? invoice : null;
    });

    private static async Task<(long Paid, long Fee)> PayAsync(LightningNode payer, LightningNode payee, long msat)
    {
        var payment = await payer.PayAsync(await InvoiceAsync(payee, msat));
        Assert.True(payment.GetProperty("status").GetString() == "SUCCEEDED", payment.GetRawText());
        return (LightningNode.Long(payment, "value_msat"), LightningNode.Long(payment, "fee_msat"));
    }

    private static (string, string) Reason(JsonElement payment) => (payment.GetProperty("status").GetString()!, payment.GetProperty("failure_reason").GetString()!);

    private static async Task<(string Code, uint Source)> FailureAsync(LightningNode payer)
    {
        var payment = (await payer.GetAsync("/v1/payments?include_incomplete=true&reversed=true&max_payments=1")).GetProperty("payments")[0];
        var failure = payment.GetProperty("htlcs").EnumerateArray().Last().GetProperty("failure");
        return (failure.GetProperty("code").GetString()!, uint.Parse(failure.GetProperty("failure_source_index").ToString(), CultureInfo.InvariantCulture));
    }
}
