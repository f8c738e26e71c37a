using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>bitcoind, two LDK nodes and one of ours between them.</summary>
internal sealed class LdkLine : IAsyncDisposable
{
    private string[] _channels = [];

    private LdkLine(Bitcoind bitcoind, LdkNode first, LightningNode ours, LdkNode last) => (Bitcoind, First, Ours, Last) = (bitcoind, first, ours, last);

    public Bitcoind Bitcoind { get; }

    public LdkNode First { get; }

    public LightningNode Ours { get; }

    public LdkNode Last { get; }

    /// <summary>Starts all, with channels of 1,000,000 sat from the first to us, and as many of 1,500,000 sat from us to the last, a third of each on the other side.</summary>
    public static async Task<LdkLine> StartAsync(int channels = 1)
    {
        var bitcoind = await Bitcoind.StartAsync();
        var (startingFirst, startingLast, startingOurs) = (LdkNode.StartAsync("first", bitcoind), LdkNode.StartAsync("last", bitcoind), LightningNode.StartAsync("ours", bitcoind, "--to-self-delay", "144"));
        var line = new LdkLine(bitcoind, await startingFirst, await startingOurs, await startingLast);
        for (var i = 0; i <= channels; i++) await line.First.FundAsync(bitcoind, 0.1m);
        for (var i = 0; i < channels; i++) await line.Ours.FundAsync(bitcoind, 0.1m * (i + 1));
        await line.Last.FundAsync(bitcoind, 0.1m);
        await line.SyncAsync();
        await line.OpenAsync(channels);
        return line;
    }

    /// <summary>An invoice that names the way to its payee.</summary>
    public async Task<string> InvoiceAsync(LdkNode payee, long msat) => await Until.NotNullAsync("an invoice names a channel", TimeSpan.FromSeconds(30), async () =>
    {
        var invoice = await payee.InvoiceAsync(msat);
        return (await Ours.GetAsync($"/v1/payreq/{invoice}")).GetProperty("route_hints").GetArrayLength() > 0 ? invoice : null;
    });

    /// <summary>The channel that an invoice names.</summary>
    public async Task<ulong> HintAsync(string invoice) => ulong.Parse(
        (await Ours.GetAsync($"/v1/payreq/{invoice}")).GetProperty("route_hints")[0].GetProperty("hop_hints")[0].GetProperty("chan_id").GetString()!, CultureInfo.InvariantCulture);

    /// <summary>Pays, by any channel of ours with the payee: an invoice of LDK's names only one of them.</summary>
    /// <returns>The fee, millisatoshi.</returns>
    public async Task<long> PayAsync(LdkNode payer, string invoice)
    {
        var payee = payer == First ? Last : First;
        var channels = (await Ours.ChannelsAsync()).Where(channel => channel.GetProperty("remote_pubkey").GetString() == payee.NodeId).Select(static channel => JsonValue.Create(channel.GetProperty("chan_id").GetString()));
        var payment = await payer.CallAsync("pay", new JsonObject { ["bolt11"] = invoice, ["via"] = new JsonArray([.. channels]) });
        Assert.True(payment.GetProperty("state").GetString() == "sent", payment.GetRawText());
        return LdkNode.Msat(payment, "fee_msat");
    }

    /// <summary>What we have passed on, in order; the list follows the channels, so that it is waited for.</summary>
    public async Task<(long In, long Out, long Fee)[]> ForwardsAsync(int atLeast = 0)
    {
        (long, long, long)[] found = [];
        await Until.TrueAsync($"{atLeast} forwards are listed", TimeSpan.FromSeconds(30), async () =>
        {
            var page = await Ours.PostAsync("/v1/switch", new JsonObject { ["num_max_events"] = 10_000 });
            found = [.. page.GetProperty("forwarding_events").EnumerateArray().Select(static e => (LightningNode.Long(e, "amt_in_msat"), LightningNode.Long(e, "amt_out_msat"), LightningNode.Long(e, "fee_msat")))];
            return found.Length >= atLeast;
        });
        return found;
    }

    /// <summary>What we have earned today, in satoshi.</summary>
    public async Task<long> EarnedSatAsync() => LightningNode.Long(await Ours.GetAsync("/v1/fees"), "day_fee_sum");

    /// <summary>What the LDK nodes can send, millisatoshi.</summary>
    public async Task<(long First, long Last)> SendableAsync() => (
        (await First.ChannelsAsync()).Sum(static channel => LdkNode.Msat(channel, "outbound_msat")), (await Last.ChannelsAsync()).Sum(static channel => LdkNode.Msat(channel, "outbound_msat")));

    /// <summary>Connects both to us again, and waits until all channels can be used.</summary>
    public async Task ReconnectAsync()
    {
        await Task.WhenAll(First.ConnectAsync(Ours.NodeId, Ours.Port), Last.ConnectAsync(Ours.NodeId, Ours.Port));
        await UsableAsync();
    }

    /// <summary>Waits until nothing is under way.</summary>
    public Task QuiescentAsync() => Until.TrueAsync("no pending HTLC", TimeSpan.FromSeconds(60), async () =>
        (await Ours.ChannelsAsync()).All(static c => c.GetProperty("pending_htlcs").GetArrayLength() == 0)
        && (await First.ChannelsAsync()).Concat(await Last.ChannelsAsync()).All(static c => c.GetProperty("pending_in").GetInt32() == 0 && c.GetProperty("pending_out").GetInt32() == 0));

    public async ValueTask DisposeAsync()
    {
        await Ours.DisposeAsync();
        await First.DisposeAsync();
        await Last.DisposeAsync();
        await Bitcoind.DisposeAsync();
    }

    private async Task OpenAsync(int channels)
    {
        await First.ConnectAsync(Ours.NodeId, Ours.Port);
        await Ours.ConnectAsync(Last.NodeId, Last.Port);
        List<string> fundings = [];
        for (var i = 0; i < channels; i++)
        {
            fundings.Add(await Ours.OpenChannelAsync(Last.NodeId, 1_500_000, 500_000));
            var opened = await First.CallAsync("openchannel", new JsonObject { ["id"] = Ours.NodeId, ["amount_sat"] = 1_000_000, ["push_msat"] = 333_000_000, ["public"] = false });
            fundings.Add(opened.GetProperty("funding_txid").GetString()!);
        }

        foreach (var funding in fundings) await Bitcoind.UntilInMempoolAsync(funding);
        await Bitcoind.MineAsync(6);
        await SyncAsync();
        _channels = [.. fundings];
        await UsableAsync();
    }

    private async Task SyncAsync()
    {
        await First.SyncAsync(Bitcoind);
        await Last.SyncAsync(Bitcoind);
        await Ours.SyncedAsync(Bitcoind);
    }

    private async Task UsableAsync()
    {
        foreach (var funding in _channels) await Ours.ActiveAsync(funding);
        foreach (var node in (LdkNode[])[First, Last])
        {
            await Until.TrueAsync($"{node.Name}'s channels are usable", TimeSpan.FromSeconds(60), async () =>
            {
                await node.CallAsync("sync");
                return (await node.ChannelsAsync()).All(static channel => LdkNode.Flag(channel, "usable"));
            });
        }
    }
}
