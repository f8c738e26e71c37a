using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lightning.Interop.Tests.Peers;

/// <summary>Our own node as a process of its own, started as an operator starts it and driven over REST with its macaroon.</summary>
internal sealed class LightningNode : IAsyncDisposable
{
    private readonly string _name;
    private readonly string[] _arguments;
    private readonly bool _ownsFolder;
    private HttpClient? _http;
    private ChildProcess _process;

    private LightningNode(string name, string dataFolder, bool ownsFolder, int port, int grpcPort, int restPort, string[] arguments, ChildProcess process) =>
        (_name, DataFolder, _ownsFolder, Port, GrpcPort, RestPort, _arguments, _process) = (name, dataFolder, ownsFolder, port, grpcPort, restPort, arguments, process);

    public string DataFolder { get; }

    public int Port { get; }

    public int GrpcPort { get; }

    public int RestPort { get; }

    public string NodeId { get; private set; } = "";

    public ChildProcess Process => _process;

    public string TlsCertificate => Path.Combine(DataFolder, "tls.cert");

    public string AdminMacaroon => Path.Combine(DataFolder, "data", "chain", "bitcoin", "regtest", "admin.macaroon");

    public static async Task<LightningNode> StartAsync(string name, Bitcoind bitcoind, params string[] extraArguments)
    {
        var folder = Directory.CreateTempSubdirectory($"lightning-{name}-").FullName;
        var (port, grpc, rest) = (ChildProcess.FreePort(), ChildProcess.FreePort(), ChildProcess.FreePort());
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "lightning.dll"), "start", "--data-dir", folder, "--network", "regtest", "--alias", name, "--listen", $"127.0.0.1:{port}",
            "--grpc-listen", $"127.0.0.1:{grpc}", "--rest-listen", $"127.0.0.1:{rest}", "--bitcoind-rpc", $"http://127.0.0.1:{bitcoind.RpcPort}",
            "--bitcoind-user", "u", "--bitcoind-password", "p", "--bitcoind-zmq-block", $"tcp://127.0.0.1:{bitcoind.RpcPort + 10}", .. extraArguments,
        ];
        var node = new LightningNode(name, folder, true, port, grpc, rest, arguments, Launch(name, arguments));
        await node.ReadyAsync();
        return node;
    }

    public Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<JsonElement> PostAsync(string path, JsonObject body) => SendAsync(HttpMethod.Post, path, body);

    public async Task<string> NewAddressAsync() => (await GetAsync("/v1/newaddress")).GetProperty("address").GetString()!;

    public Task ConnectAsync(string nodeId, int port) =>
        PostAsync("/v1/peers", new JsonObject { ["addr"] = new JsonObject { ["pubkey"] = nodeId, ["host"] = $"127.0.0.1:{port}" } });

    public async Task FundAsync(Bitcoind bitcoind, decimal btc)
    {
        await bitcoind.FundAsync(await NewAddressAsync(), btc);
        await Until.TrueAsync($"{_name} sees its coins", TimeSpan.FromSeconds(30), async () => Long(await GetAsync("/v1/balance/blockchain"), "confirmed_balance") >= (long)(btc * 100_000_000m));
    }

    /// <summary>Opens a channel.</summary>
    /// <returns>The funding transaction's id, as explorers show it.</returns>
    public async Task<string> OpenChannelAsync(string nodeId, long sat, long pushSat = 0)
    {
        var answer = await PostAsync("/v1/channels", new JsonObject
        {
            ["node_pubkey"] = Convert.ToBase64String(Convert.FromHexString(nodeId)), ["local_funding_amount"] = $"{sat}", ["push_sat"] = $"{pushSat}", ["private"] = true,
        });
        var bytes = Convert.FromBase64String(answer.GetProperty("funding_txid_bytes").GetString()!);
        Array.Reverse(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public async Task<string> InvoiceAsync(long amountMsat) =>
        (await PostAsync("/v1/invoices", new JsonObject { ["value_msat"] = $"{amountMsat}", ["memo"] = "test" })).GetProperty("payment_request").GetString()!;

    /// <summary>An invoice whose payment is held until it is settled or cancelled.</summary>
    public async Task<HeldPayment> HoldInvoiceAsync(long amountMsat)
    {
        var preimage = RandomNumberGenerator.GetBytes(32);
        var body = new JsonObject { ["value_msat"] = $"{amountMsat}", ["hash"] = Convert.ToBase64String(SHA256.HashData(preimage)), ["memo"] = "held", ["private"] = true };
        return new HeldPayment((await PostAsync("/v2/invoices/hodl", body)).GetProperty("payment_request").GetString()!, SHA256.HashData(preimage), preimage, null);
    }

    public Task SettleAsync(HeldPayment held) => PostAsync("/v2/invoices/settle", new JsonObject { ["preimage"] = Convert.ToBase64String(held.Preimage) });

    public Task CancelAsync(HeldPayment held) => PostAsync("/v2/invoices/cancel", new JsonObject { ["payment_hash"] = Convert.ToBase64String(held.Hash) });

    /// <summary>OPEN, ACCEPTED, SETTLED or CANCELED.</summary>
    public async Task<string> InvoiceStateAsync(byte[] hash) =>
        (await GetAsync($"/v2/invoices/lookup?payment_hash={Uri.EscapeDataString(Convert.ToBase64String(hash).Replace('+', '-').Replace('/', '_'))}")).GetProperty("state").GetString()!;

    /// <summary>Pays and waits for the end: the last update of the payment.</summary>
    public async Task<JsonElement> PayAsync(string bolt11, int timeoutSeconds = 60)
    {
        // The first update comes at once: the answer has begun, and may then take as long as its receiver holds the payment.
        var body = new JsonObject { ["payment_request"] = bolt11, ["timeout_seconds"] = timeoutSeconds, ["fee_limit_msat"] = "1000000", ["no_inflight_updates"] = timeoutSeconds <= 60 };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://127.0.0.1:{RestPort}/v2/router/send"));
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{_name}: payment refused: {text}");
        var last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        using var document = JsonDocument.Parse(last);
        return document.RootElement.TryGetProperty("result", out var result) ? result.Clone() : throw new InvalidOperationException($"{_name}: {last}");
    }

    public async Task<JsonElement[]> ChannelsAsync() => [.. (await GetAsync("/v1/channels")).GetProperty("channels").EnumerateArray()];

    public async Task<JsonElement> OnlyChannelAsync() => (await ChannelsAsync()).Single();

    /// <summary>Waits until the channel of that funding transaction can carry payments.</summary>
    public Task<JsonElement> ActiveAsync(string fundingTxid) => Until.NotNullAsync($"{_name}: channel {fundingTxid} active", TimeSpan.FromSeconds(60), async () =>
    {
        var found = (await ChannelsAsync()).Where(c => c.GetProperty("channel_point").GetString()!.StartsWith(fundingTxid, StringComparison.Ordinal) && c.GetProperty("active").GetBoolean()).ToArray();
        return found.Length == 0 ? null : found[0].GetRawText();
    }).ContinueWith(t => JsonDocument.Parse(t.Result).RootElement, TaskScheduler.Default);

    public Task SyncedAsync(Bitcoind bitcoind) => Until.TrueAsync($"{_name} synced", TimeSpan.FromSeconds(30), async () =>
        (await GetAsync("/v1/getinfo")).GetProperty("block_height").GetUInt32() >= await bitcoind.HeightAsync());

    public static long Long(JsonElement element, string property) => long.Parse(element.GetProperty(property).GetString()!, CultureInfo.InvariantCulture);

    public async Task KillAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
    }

    /// <summary>Starts it again on the same folder and ports.</summary>
    public async Task StartAgainAsync()
    {
        _process = Launch(_name, _arguments);
        await ReadyAsync();
    }

    public async Task StopAsync()
    {
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    /// <summary>A channel's events, as <c>journal show</c> prints them.</summary>
    public async Task<string> JournalAsync(string channel)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "lightning.dll"), "journal", "show", channel, "--data-dir", DataFolder, "--network", "regtest"];
        await using var command = ChildProcess.Start("lightning journal", "dotnet", arguments);
        await command.ExitedAsync(TimeSpan.FromSeconds(60));
        return command.Log;
    }

    /// <summary>Copies the stopped node's folder, database and all: what it knew then.</summary>
    public string CopyFolder()
    {
        var copy = Directory.CreateTempSubdirectory($"lightning-{_name}-old-").FullName;
        Copy(DataFolder, copy);
        return copy;
    }

    /// <summary>Puts a copy in the stopped node's place, so that it knows nothing of what came after.</summary>
    public void RestoreFolder(string copy)
    {
        Directory.Delete(DataFolder, recursive: true);
        Directory.CreateDirectory(DataFolder);
        Copy(copy, DataFolder);
        Directory.Delete(copy, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await _process.DisposeAsync();
        if (_ownsFolder) Directory.Delete(DataFolder, recursive: true);
    }

    internal async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, new Uri($"https://127.0.0.1:{RestPort}{path}"));
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http!.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{_name}: {method} {path}: {(int)response.StatusCode} {text}");
        using var document = JsonDocument.Parse(text.Split('\n')[0]);
        return document.RootElement.Clone();
    }

    /// <summary>Asks for a closing and returns its first update; the stream would go on until the close confirms.</summary>
    public async Task<JsonElement> CloseChannelAsync(string fundingTxid, uint fundingIndex, bool force)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri($"https://127.0.0.1:{RestPort}/v1/channels/{fundingTxid}/{fundingIndex}?force={(force ? "true" : "false")}"));
        using var response = await _http!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var line = await reader.ReadLineAsync() ?? "";
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{_name}: closing refused: {(int)response.StatusCode} {line}");
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private static ChildProcess Launch(string name, string[] arguments) =>
        ChildProcess.Start($"lightning {name}", "dotnet", arguments, new Dictionary<string, string> { ["DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE"] = "false" });

    private async Task ReadyAsync()
    {
        await Until.TrueAsync($"{_name} answers", TimeSpan.FromSeconds(60), async () =>
        {
            if (_process.HasExited) throw new InvalidOperationException($"{_name} ended:\n{_process.Log}");
            if (!File.Exists(AdminMacaroon)) return false;
            if (_http is null)
            {
                // The certificate is self-signed: the one that the node wrote is the only one to be trusted.
                var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(TlsCertificate));
                _http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust }, MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(120) };
                _http.DefaultRequestHeaders.Add("Grpc-Metadata-macaroon", Convert.ToHexStringLower(await File.ReadAllBytesAsync(AdminMacaroon)));
                _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            }

            try
            {
                NodeId = (await GetAsync("/v1/getinfo")).GetProperty("identity_pubkey").GetString()!;
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
            catch (InvalidOperationException e) when (e.Message.Contains(": 503 ", StringComparison.Ordinal))
            {
                return false;
            }
        });
    }
}
