using System.Text.Json;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>npm ln-service, unchanged, drives our node's gRPC API, with a real LDK peer at the other end.</summary>
[Collection("processes")]
public sealed class LnServiceTests
{
    [SkippableFact]
    public async Task Ln_service_opens_pays_backs_up_and_closes()
    {
        var folder = await PeerCache.LnServiceAsync();
        await using var pair = await LdkPair.StartAsync(anchors: true);

        var opened = await DriveAsync(folder, pair, "open");
        Assert.Equal(pair.Ours.NodeId, opened["getWalletInfo"].GetProperty("public_key").GetString());
        await pair.ConfirmAsync(opened["openChannel"].GetProperty("transaction_id").GetString()!);

        var used = await DriveAsync(folder, pair, "use", ("PEER_INVOICE", await pair.Ldk.InvoiceAsync(54_321_000)), ("PEER_API", $"http://127.0.0.1:{pair.Ldk.ApiPort}"));
        var channel = used["getChannels"].EnumerateArray().Single();
        Assert.True(channel.GetProperty("active").GetBoolean());
        Assert.Equal(1_000_000, channel.GetProperty("capacity").GetInt32());
        Assert.Equal("sent", used["peerPaid"].GetString());
        Assert.Equal(12_345, used["subscribeToInvoice"].GetProperty("received").GetInt32());
        Assert.True(used["getInvoice"].GetProperty("is_confirmed").GetBoolean());
        Assert.Equal("by ln-service", used["getInvoice"].GetProperty("description").GetString());
        Assert.Equal(54_321, used["pay"].GetProperty("tokens").GetInt32());
        Assert.Equal(1, used["pay"].GetProperty("hops").GetInt32());
        Assert.Equal(54_321, used["getPayments"].EnumerateArray().Single().GetProperty("tokens").GetInt32());

        var backedUp = await DriveAsync(folder, pair, "backup", ("TX_ID", pair.FundingTxid), ("TX_VOUT", $"{pair.FundingIndex}"));
        Assert.Equal(pair.FundingTxid, backedUp["getBackups"].EnumerateArray().Single().GetProperty("transaction_id").GetString());
        Assert.Equal(1, backedUp["subscribeToBackups"].GetInt32());
        Assert.Equal([true, true, false], backedUp["verifyBackups"].EnumerateArray().Select(static isValid => isValid.GetBoolean()));
        Assert.True(backedUp["recoverFundsFromChannels"].EnumerateArray().Single().GetBoolean());

        var closed = await DriveAsync(folder, pair, "close", ("TX_ID", pair.FundingTxid), ("TX_VOUT", $"{pair.FundingIndex}"));
        var spender = await pair.FundingSpenderAsync();
        Assert.Equal(spender.GetProperty("txid").GetString(), closed["closeChannel"].GetProperty("transaction_id").GetString());
    }

    private static async Task<Dictionary<string, JsonElement>> DriveAsync(string folder, LdkPair pair, string step, params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string>
        {
            ["CERT"] = pair.Ours.TlsCertificate, ["MACAROON"] = pair.Ours.AdminMacaroon, ["SOCKET"] = $"127.0.0.1:{pair.Ours.GrpcPort}",
            ["PEER_ID"] = pair.Ldk.NodeId, ["PEER_SOCKET"] = $"127.0.0.1:{pair.Ldk.Port}", ["STEP"] = step,
        };
        foreach (var (name, value) in more) environment[name] = value;
        await using var process = ChildProcess.Start($"ln-service {step}", "node", [Path.Combine(folder, "drive.mjs")], environment, folder);
        var code = await process.ExitedAsync(TimeSpan.FromSeconds(120));
        Assert.True(code == 0, $"ln-service {step} ended with {code}:\n{process.Log}\nour node:\n{pair.Ours.Process.Log}");
        var results = new Dictionary<string, JsonElement>();
        foreach (var line in process.Log.Split('\n').Where(l => l.StartsWith("{\"step\"", StringComparison.Ordinal)))
        {
            using var document = JsonDocument.Parse(line);
            results[document.RootElement.GetProperty("step").GetString()!] = document.RootElement.GetProperty("result").Clone();
        }

        return results;
    }
}
