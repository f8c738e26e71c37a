using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>Our node loses what it knows of its channels, and LDK closes them because it is asked to.</summary>
[Collection("processes")]
public sealed class LdkBackupTests
{
    private const long Capacity = 1_000_000;
    private const long Pushed = 400_000;
    private const long Paid = 30_000;

    /// <summary>Two of 330 sat, which the opener pays for.</summary>
    private const long Anchors = 660;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Our_node_with_nothing_but_its_seed_and_backup_gets_its_money_from_Ldk(bool anchors)
    {
        await using var pair = await UsedAsync(anchors);
        var before = await CoinsAsync(pair);
        await pair.Ours.KillAsync();
        var backup = $"{pair.Ours.DataFolder}.backup";
        File.Copy(Directory.GetFiles(pair.Ours.DataFolder, "channel.backup", SearchOption.AllDirectories).Single(), backup);
        try
        {
            // The certificate and the macaroons stay for the test's sake: it has them in hand.
            foreach (var file in Directory.GetFiles(pair.Ours.DataFolder, "*", SearchOption.AllDirectories))
            {
                if (Path.GetFileName(file) is not "seed.json" && !file.Contains("macaroon", StringComparison.Ordinal) && !file.Contains("tls.", StringComparison.Ordinal)) File.Delete(file);
            }

            await pair.Ours.StartAgainAsync();
            Assert.Empty((await pair.Ours.GetAsync("/v1/channels/pending")).GetProperty("waiting_close_channels").EnumerateArray());
            Assert.Contains("The backup is good. Channels in it: 1.", await RunAsync(pair, "verifychanbackup", backup), StringComparison.Ordinal);
            Assert.Contains("Channels restored: 1. Known already and left alone: 0.", await RunAsync(pair, "restorechanbackup", backup), StringComparison.Ordinal);
            await GetsItsMoneyAsync(pair, anchors, before);
            Assert.Contains("Channels restored: 0. Known already and left alone: 1.", await RunAsync(pair, "restorechanbackup", backup), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(backup);
        }
    }

    [SkippableFact]
    public async Task Where_only_the_database_is_lost_our_node_restores_its_channels_by_itself()
    {
        await using var pair = await UsedAsync(anchors: true);
        var before = await CoinsAsync(pair);
        await pair.Ours.KillAsync();
        foreach (var file in Directory.GetFiles(pair.Ours.DataFolder, "*.db*", SearchOption.AllDirectories)) File.Delete(file);
        await pair.Ours.StartAgainAsync();
        await GetsItsMoneyAsync(pair, anchors: true, before);
    }

    [SkippableFact]
    public async Task What_Ldk_has_closed_long_ago_is_found_on_chain()
    {
        await using var pair = await UsedAsync(anchors: true);
        var before = await CoinsAsync(pair);
        await pair.Ours.KillAsync();
        await pair.Ldk.CallAsync("closechannel", new JsonObject { ["channel_id"] = pair.ChannelId, ["force"] = true });
        var commitment = await pair.FundingSpenderAsync();
        await pair.Bitcoind.MineAsync(200);
        await pair.Ldk.Process.KillAsync();
        foreach (var file in Directory.GetFiles(pair.Ours.DataFolder, "*.db*", SearchOption.AllDirectories)) File.Delete(file);
        await pair.Ours.StartAgainAsync();
        await GetsItsMoneyAsync(pair, anchors: true, before, commitment);
    }

    private static async Task<LdkPair> UsedAsync(bool anchors)
    {
        var pair = await LdkPair.StartAsync(anchors);
        await pair.OpenFromUsAsync(Capacity, Pushed);
        for (var i = 0; i < 3; i++) Assert.Equal("SUCCEEDED", (await pair.Ours.PayAsync(await pair.Ldk.InvoiceAsync(Paid * 1000 / 3))).GetProperty("status").GetString());
        await pair.QuiescentAsync();
        return pair;
    }

    private static async Task GetsItsMoneyAsync(LdkPair pair, bool anchors, long before)
    {
        var commitment = await pair.FundingSpenderAsync();
        Assert.Contains(await pair.Ldk.EventsAsync(), static happened => happened.Contains("channel_closed", StringComparison.Ordinal));
        await GetsItsMoneyAsync(pair, anchors, before, commitment);
    }

    private static async Task GetsItsMoneyAsync(LdkPair pair, bool anchors, long before, JsonElement commitment)
    {
        // LDK's last commitment: two balances, and two anchors where it has them. Ours is in it to the satoshi.
        var outputs = commitment.GetProperty("vout").EnumerateArray().Select(Value).ToList();
        Assert.Equal(anchors ? 4 : 2, outputs.Count);
        var ours = outputs.IndexOf(Capacity - Pushed - Paid - (Capacity - outputs.Sum()) - (anchors ? Anchors : 0));
        Assert.NotEqual(-1, ours);

        // What we sweep of it is in our wallet, less only the fee.
        var (txid, height) = (commitment.GetProperty("txid").GetString()!, await pair.Bitcoind.HeightAsync());
        await Until.TrueAsync("our balance is swept", TimeSpan.FromSeconds(90), async () =>
        {
            await MineAsync(pair, 1);
            return (await pair.Bitcoind.CallAsync("gettxout", txid, ours, false)).ValueKind is JsonValueKind.Null;
        });
        var sweep = await SpenderAsync(pair, txid, ours, height);
        Assert.Equal(1, sweep.GetProperty("vin").GetArrayLength());
        var swept = sweep.GetProperty("vout").EnumerateArray().Sum(Value);
        Assert.InRange(swept, outputs[ours] - 5_000, outputs[ours] - 100);
        Assert.Equal(before + swept, await CoinsAsync(pair));

        await MineAsync(pair, 110);
        await pair.ClosedAsync("REMOTE_FORCE_CLOSE");
        Assert.Empty(await pair.Ours.ChannelsAsync());
    }

    private static async Task MineAsync(LdkPair pair, int blocks)
    {
        await pair.Bitcoind.MineAsync(blocks);
        await pair.Ours.SyncedAsync(pair.Bitcoind);
    }

    private static async Task<JsonElement> SpenderAsync(LdkPair pair, string txid, int index, uint after)
    {
        for (var height = await pair.Bitcoind.HeightAsync(); height > after; height--)
        {
            var block = await pair.Bitcoind.CallAsync("getblock", (await pair.Bitcoind.CallAsync("getblockhash", height)).GetString(), 2);
            foreach (var transaction in block.GetProperty("tx").EnumerateArray())
            {
                if (transaction.GetProperty("vin").EnumerateArray().Any(input => input.TryGetProperty("txid", out var of) && of.GetString() == txid && input.GetProperty("vout").GetInt32() == index)) return transaction;
            }
        }

        throw new InvalidOperationException($"No block has a transaction that spends {txid}:{index}.");
    }

    private static async Task<string> RunAsync(LdkPair pair, string command, string argument)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "lightning.dll"), command, argument, "--network", "regtest", "--data-dir", pair.Ours.DataFolder, "--rpcserver", $"localhost:{pair.Ours.GrpcPort}"];
        await using var process = ChildProcess.Start($"lightning {command}", "dotnet", arguments);
        var exit = await process.ExitedAsync(TimeSpan.FromSeconds(30));
        return exit == 0 ? process.Log : throw new InvalidOperationException($"{command} ended with {exit}: {process.Log}");
    }

    private static async Task<long> CoinsAsync(LdkPair pair) => LightningNode.Long(await pair.Ours.GetAsync("/v1/balance/blockchain"), "confirmed_balance");

    private static long Value(JsonElement output) => (long)(output.GetProperty("value").GetDecimal() * 100_000_000m);
}
