using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>Our node against LDK, both over one real bitcoind on regtest.</summary>
[Collection("processes")]
public sealed class LdkTests
{
    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ldk_opens_to_us_and_we_pay_each_other(bool anchors)
    {
        await using var pair = await LdkPair.StartAsync(anchors, "--accept-keysend");
        await pair.OpenFromLdkAsync(1_000_000, pushMsat: 300_000_000);

        Assert.Equal("SUCCEEDED", (await pair.Ours.PayAsync(await pair.Ldk.InvoiceAsync(10_000_001))).GetProperty("status").GetString());
        Assert.Equal("sent", await pair.Ldk.PayAsync(await pair.Ours.InvoiceAsync(20_000_002)));

        // What nobody asked for.
        var gift = await pair.Ldk.CallAsync("keysend", new JsonObject { ["id"] = pair.Ours.NodeId, ["amount_msat"] = 3_000_003 });
        Assert.Equal("sent", gift.GetProperty("state").GetString());
        var listed = (await pair.Ours.GetAsync("/v1/invoices?reversed=true&num_max_invoices=1")).GetProperty("invoices")[0];
        Assert.Equal((true, "SETTLED", 3_000_003L), (listed.GetProperty("is_keysend").GetBoolean(), listed.GetProperty("state").GetString(), LightningNode.Long(listed, "amt_paid_msat")));

        await pair.BalancesAgreeAsync(ourMsat: 300_000_000 - 10_000_001 + 20_000_002 + 3_000_003);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task We_open_to_Ldk_and_fifty_payments_go_each_way_at_once(bool anchors)
    {
        await using var pair = await LdkPair.StartAsync(anchors);
        await pair.OpenFromUsAsync(2_000_000, pushSat: 900_000);

        const int Count = 50;
        var toUs = new List<string>();
        var toLdk = new List<string>();
        for (var i = 0; i < Count; i++)
        {
            toUs.Add(await pair.Ours.InvoiceAsync(10_000_000 + i));
            toLdk.Add(await pair.Ldk.InvoiceAsync(10_000_000 + (2 * i)));
        }

        var fromLdk = toUs.Select(pair.Ldk.PayAsync).ToArray();
        var fromUs = toLdk.Select(i => pair.Ours.PayAsync(i)).ToArray();
        Assert.All(await Task.WhenAll(fromUs), p => Assert.Equal("SUCCEEDED", p.GetProperty("status").GetString()));
        Assert.All(await Task.WhenAll(fromLdk), p => Assert.Equal("sent", p));

        // 0 + 1 + ... + 49 = 1,225: we sent twice that in odd millisatoshi and received it once.
        await pair.BalancesAgreeAsync(ourMsat: 1_100_000_000 - 1_225);
    }

    [SkippableFact]
    public async Task Our_node_is_killed_with_payments_in_flight_and_each_ends_exactly_once()
    {
        await using var pair = await LdkPair.StartAsync(anchors: true);
        await pair.OpenFromUsAsync(5_000_000, pushSat: 2_500_000);

        const int Count = 40;
        var toUs = new List<(string Bolt11, long Msat)>();
        var toLdk = new List<(string Bolt11, long Msat)>();
        for (var i = 0; i < Count; i++)
        {
            toUs.Add((await pair.Ours.InvoiceAsync(10_000_000 + i), 10_000_000 + i));
            toLdk.Add((await pair.Ldk.InvoiceAsync(2_000_000 + i), 2_000_000 + i));
        }

        var fromLdk = toUs.Select(i => pair.Ldk.PayAsync(i.Bolt11)).ToArray();
        var fromUs = toLdk.Select(i => Quietly(pair.Ours.PayAsync(i.Bolt11))).ToArray();

        // Killed in the midst: as soon as one payment of ours has come through.
        await Task.WhenAny(fromUs);
        await pair.Ours.KillAsync();
        await Task.WhenAll(fromUs);
        await pair.Ours.StartAgainAsync();
        await pair.Ldk.ConnectAsync(pair.Ours.NodeId, pair.Ours.Port);
        await pair.Ours.ActiveAsync(pair.FundingTxid);

        var received = await Task.WhenAll(fromLdk);
        var receivedMsat = toUs.Where((_, i) => received[i] == "sent").Sum(p => p.Msat);

        // A payment hears of its HTLC's end, and the list of the payment's: both take their moment.
        await Until.TrueAsync("every payment of ours has ended", TimeSpan.FromMinutes(3), async () =>
            (await pair.Ours.GetAsync("/v1/payments?include_incomplete=true")).GetProperty("payments").EnumerateArray().All(p => p.GetProperty("status").GetString() is "SUCCEEDED" or "FAILED"));
        await pair.QuiescentAsync();

        // What our node says of its payments must be what LDK received, one by one and in the sum.
        long sentMsat = 0;
        var payments = (await pair.Ours.GetAsync("/v1/payments?include_incomplete=true")).GetProperty("payments").EnumerateArray().ToDictionary(p => p.GetProperty("payment_request").GetString()!);
        foreach (var (bolt11, msat) in toLdk)
        {
            if (!payments.TryGetValue(bolt11, out var payment)) continue;
            var status = payment.GetProperty("status").GetString();
            Assert.Contains(status, (string[])["SUCCEEDED", "FAILED"]);
            if (status == "SUCCEEDED") sentMsat += msat;
        }

        var claimed = (await pair.Ldk.CallAsync("listpayments")).GetProperty("received").EnumerateArray()
            .Where(p => p.GetProperty("state").GetString() == "claimed").Sum(p => LdkNode.Msat(p, "amount_msat"));
        Assert.Equal(claimed, sentMsat);
        await pair.BalancesAgreeAsync(ourMsat: 2_500_000_000 - sentMsat + receivedMsat);
        Assert.DoesNotContain(await pair.Ldk.EventsAsync(), e => e.Contains("channel_closed", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task The_peer_restarts_and_the_channel_goes_on()
    {
        await using var pair = await LdkPair.StartAsync(anchors: true);
        await pair.OpenFromLdkAsync(1_000_000, pushMsat: 500_000_000);
        Assert.Equal("sent", await pair.Ldk.PayAsync(await pair.Ours.InvoiceAsync(1_000_000)));

        await pair.Ldk.RestartAsync();
        await pair.Ldk.ConnectAsync(pair.Ours.NodeId, pair.Ours.Port);
        await pair.Ours.ActiveAsync(pair.FundingTxid);
        await pair.Ldk.UsableAsync(pair.ChannelId);

        Assert.Equal("sent", await pair.Ldk.PayAsync(await pair.Ours.InvoiceAsync(2_000_000)));
        Assert.Equal("SUCCEEDED", (await pair.Ours.PayAsync(await pair.Ldk.InvoiceAsync(3_000_000))).GetProperty("status").GetString());
        await pair.BalancesAgreeAsync(ourMsat: 500_000_000 + 1_000_000 + 2_000_000 - 3_000_000);
    }

    [SkippableTheory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task Cooperative_close_confirms(bool byUs, bool anchors)
    {
        await using var pair = await LdkPair.StartAsync(anchors);
        await pair.OpenFromUsAsync(1_000_000, pushSat: 400_000);
        Assert.Equal("SUCCEEDED", (await pair.Ours.PayAsync(await pair.Ldk.InvoiceAsync(50_000_000))).GetProperty("status").GetString());

        if (byUs) await pair.Ours.CloseChannelAsync(pair.FundingTxid, pair.FundingIndex, force: false);
        else await pair.Ldk.CallAsync("closechannel", new JsonObject { ["channel_id"] = pair.ChannelId });

        var closing = await pair.FundingSpenderAsync();
        Assert.Equal(2, closing.GetProperty("vout").GetArrayLength());
        await pair.Bitcoind.MineAsync(6);
        await pair.ClosedAsync("COOPERATIVE_CLOSE");
    }

    [SkippableTheory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Force_close_confirms(bool byUs, bool anchors)
    {
        await using var pair = await LdkPair.StartAsync(anchors);
        await pair.OpenFromUsAsync(1_000_000, pushSat: 400_000);
        Assert.Equal("SUCCEEDED", (await pair.Ours.PayAsync(await pair.Ldk.InvoiceAsync(50_000_000))).GetProperty("status").GetString());

        if (byUs) await pair.Ours.CloseChannelAsync(pair.FundingTxid, pair.FundingIndex, force: true);
        else
        {
            // LDK answers an error message by publishing its own commitment: disconnected first, so that only its commitment is in play.
            await pair.Ldk.CallAsync("disconnect", new JsonObject { ["id"] = pair.Ours.NodeId });
            await pair.Ldk.CallAsync("closechannel", new JsonObject { ["channel_id"] = pair.ChannelId, ["force"] = true });
        }

        var commitment = await pair.FundingSpenderAsync();
        Assert.Equal(anchors ? 4 : 2, commitment.GetProperty("vout").GetArrayLength());
        await pair.Bitcoind.MineAsync(1);
        await pair.Ours.SyncedAsync(pair.Bitcoind);
        await Until.TrueAsync("our node shows the force close", TimeSpan.FromSeconds(30), async () =>
        {
            var pending = await pair.Ours.GetAsync("/v1/channels/pending");
            return pending.GetProperty("pending_force_closing_channels").GetArrayLength() == 1
                || (await pair.Ours.GetAsync("/v1/channels/closed")).GetProperty("channels").GetArrayLength() == 1;
        });
        Assert.Empty(await pair.Ours.ChannelsAsync());
    }

    /// <summary>A payment whose caller dies with the node: its end is read from the node afterwards.</summary>
    private static async Task Quietly(Task payment)
    {
        try
        {
            await payment;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // The connection went with the process: expected.
        }
    }
}
