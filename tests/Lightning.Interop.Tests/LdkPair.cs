using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>bitcoind, one LDK node and one of ours, with the channel between them.</summary>
internal sealed class LdkPair : IAsyncDisposable
{
    private LdkPair(Bitcoind bitcoind, LdkNode ldk, LightningNode ours) => (Bitcoind, Ldk, Ours) = (bitcoind, ldk, ours);

    public Bitcoind Bitcoind { get; }

    public LdkNode Ldk { get; }

    public LightningNode Ours { get; }

    public string FundingTxid { get; private set; } = "";

    public uint FundingIndex { get; private set; }

    /// <summary>As LDK names it.</summary>
    public string ChannelId { get; private set; } = "";

    public static async Task<LdkPair> StartAsync(bool anchors, params string[] arguments)
    {
        var bitcoind = await Bitcoind.StartAsync();
        var (startingLdk, startingOurs) = (LdkNode.StartAsync("ldk", bitcoind, anchors), LightningNode.StartAsync("ours", bitcoind, ["--to-self-delay", "144", .. arguments]));
        var (ldk, ours) = (await startingLdk, await startingOurs);
        await ldk.FundAsync(bitcoind, 1);
        await ours.FundAsync(bitcoind, 1);
        await ldk.SyncAsync(bitcoind);
        return new LdkPair(bitcoind, ldk, ours);
    }

    public async Task OpenFromLdkAsync(long sat, long pushMsat)
    {
        await Ldk.ConnectAsync(Ours.NodeId, Ours.Port);
        var opened = await Ldk.CallAsync("openchannel", new JsonObject { ["id"] = Ours.NodeId, ["amount_sat"] = sat, ["push_msat"] = pushMsat, ["public"] = false });
        await ConfirmAsync(opened.GetProperty("funding_txid").GetString()!);
    }

    public async Task OpenFromUsAsync(long sat, long pushSat)
    {
        await Ours.ConnectAsync(Ldk.NodeId, Ldk.Port);
        await ConfirmAsync(await Ours.OpenChannelAsync(Ldk.NodeId, sat, pushSat));
    }

    /// <summary>Confirms a funding transaction that is on its way and waits until both sides can pay over the channel.</summary>
    public async Task ConfirmAsync(string fundingTxid)
    {
        FundingTxid = fundingTxid;
        await Bitcoind.UntilInMempoolAsync(fundingTxid);
        await Bitcoind.MineAsync(6);
        await Ldk.SyncAsync(Bitcoind);
        var channel = await Ours.ActiveAsync(fundingTxid);
        FundingIndex = uint.Parse(channel.GetProperty("channel_point").GetString()!.Split(':')[1], CultureInfo.InvariantCulture);
        ChannelId = await Until.NotNullAsync("LDK lists the channel as usable", TimeSpan.FromSeconds(60), async () =>
        {
            await Ldk.CallAsync("sync");
            return (await Ldk.ChannelsAsync()).Where(c => c.GetProperty("funding").GetString()!.StartsWith(fundingTxid, StringComparison.Ordinal) && LdkNode.Flag(c, "usable"))
                .Select(c => c.GetProperty("channel_id").GetString()).FirstOrDefault();
        });
    }

    /// <summary>Both sides hold the same balances, and ours is exactly this (the opener's fee and anchors apart).</summary>
    public async Task BalancesAgreeAsync(long ourMsat)
    {
        await QuiescentAsync();
        var ours = await Ours.OnlyChannelAsync();
        var ldk = (await Ldk.ChannelsAsync()).Single();
        var capacity = LightningNode.Long(ours, "capacity") * 1000;
        var ourFees = ours.GetProperty("initiator").GetBoolean() ? CommitFeeMsat(ours) : 0;
        Assert.Equal(ourMsat / 1000, LightningNode.Long(ours, "local_balance") + (ourFees / 1000));

        // LDK tells what it can send: its balance less our reserve for it (and less the fee, where it pays it).
        var ldkMsat = capacity - ourMsat;
        var ldkSpendable = LdkNode.Msat(ldk, "outbound_msat");
        var reserve = LightningNode.Long(ours.GetProperty("remote_constraints"), "chan_reserve_sat") * 1000;
        if (!LdkNode.Flag(ldk, "outbound")) Assert.Equal(ldkMsat - reserve, ldkSpendable);
        else Assert.InRange(ldkMsat - reserve - ldkSpendable, 0, CommitFeeMsat(ours));
    }

    /// <summary>Waits until no HTLC is pending on either side.</summary>
    public async Task QuiescentAsync()
    {
        await Until.TrueAsync("no pending HTLC", TimeSpan.FromSeconds(60), async () =>
            (await Ours.ChannelsAsync()).All(c => c.GetProperty("pending_htlcs").GetArrayLength() == 0)
            && (await Ldk.ChannelsAsync()).All(c => c.GetProperty("pending_in").GetInt32() == 0 && c.GetProperty("pending_out").GetInt32() == 0));
    }

    /// <summary>The transaction that spends the funding output, seen in bitcoind's mempool.</summary>
    public async Task<JsonElement> FundingSpenderAsync()
    {
        var text = await Until.NotNullAsync("a transaction spends the funding output", TimeSpan.FromSeconds(60), async () =>
        {
            foreach (var txid in await Bitcoind.MempoolAsync())
            {
                var transaction = await Bitcoind.CallAsync("getrawtransaction", txid, true);
                if (transaction.GetProperty("vin").EnumerateArray().Any(i => i.GetProperty("txid").GetString() == FundingTxid)) return transaction.GetRawText();
            }

            return null;
        });
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>A payment of ours that LDK holds.</summary>
    public async Task<HeldPayment> HoldToLdkAsync(long msat)
    {
        var invoice = await Ldk.CallAsync("newinvoice", new JsonObject { ["amount_msat"] = msat, ["hold"] = true });
        var hash = invoice.GetProperty("payment_hash").GetString()!;
        var payment = Ours.PayAsync(invoice.GetProperty("bolt11").GetString()!, 3600);
        await Until.TrueAsync("LDK holds the payment", TimeSpan.FromSeconds(60), async () =>
            payment.IsCompleted ? throw new InvalidOperationException($"the payment ended: {await payment}") : (await Ldk.EventsAsync()).Any(e => e.Contains("held", StringComparison.Ordinal) && e.Contains(hash, StringComparison.Ordinal)));
        return new HeldPayment("", Convert.FromHexString(hash), [], payment);
    }

    /// <summary>A payment of LDK's that we hold.</summary>
    public async Task<HeldPayment> HoldToUsAsync(long msat)
    {
        var held = await Ours.HoldInvoiceAsync(msat);
        await Ldk.CallAsync("pay", new JsonObject { ["bolt11"] = held.Bolt11, ["wait"] = false });
        await Until.TrueAsync("we hold the payment", TimeSpan.FromSeconds(60), async () => await Ours.InvoiceStateAsync(held.Hash) == "ACCEPTED");
        return held;
    }

    /// <summary>Both have seen bitcoind's newest block.</summary>
    public async Task SyncedAsync()
    {
        await Ours.SyncedAsync(Bitcoind);
        await Ldk.SyncAsync(Bitcoind);
    }

    /// <summary>Our node counts the channel as closed; LDK waits for no output of it, and has all of its sweeps in blocks.</summary>
    public async Task<bool> IsOverAsync() =>
        (await Ours.GetAsync("/v1/channels/closed")).GetProperty("channels").GetArrayLength() == 1
        && (await Ldk.CallAsync("balances")).GetArrayLength() == 0
        && (await Ldk.CallAsync("sweeps")).EnumerateArray().All(s => s.GetProperty("status").GetString() is "PendingThresholdConfirmations");

    /// <summary>What each side still waits for, for the message of a test that fails.</summary>
    public async Task<string> StateAsync() => string.Join('\n',
        (await Ours.GetAsync("/v1/channels/pending")).GetRawText(), (await Ours.GetAsync("/v1/channels/closed")).GetRawText(),
        (await Ldk.CallAsync("balances")).GetRawText(), (await Ldk.CallAsync("sweeps")).GetRawText(), string.Join(Environment.NewLine, await Ldk.EventsAsync()), Ldk.Process.Log, Ours.Process.Log);

    /// <summary>Waits until our node lists the channel as closed in that way.</summary>
    public Task ClosedAsync(string type) => Until.TrueAsync($"our node lists the channel as {type}", TimeSpan.FromSeconds(30), async () =>
        (await Ours.GetAsync("/v1/channels/closed")).GetProperty("channels").EnumerateArray().Any(c => c.GetProperty("close_type").GetString() == type));

    public async ValueTask DisposeAsync()
    {
        await Ours.DisposeAsync();
        await Ldk.DisposeAsync();
        await Bitcoind.DisposeAsync();
    }

    private static long CommitFeeMsat(JsonElement channel)
    {
        var anchors = channel.GetProperty("commitment_type").GetString() == "ANCHORS" ? 660_000 : 0;
        return (LightningNode.Long(channel, "commit_fee") * 1000) + anchors;
    }
}
