using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lightning.Interop.Tests.Peers;

/// <summary>A real LDK node (rust-lightning in WebAssembly) over bitcoind, driven by its small HTTP API.</summary>
internal sealed class LdkNode : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(120) };
    private readonly Dictionary<string, string> _environment;
    private readonly string _script;
    private readonly string _folder;
    private ChildProcess _process;

    private LdkNode(string name, string script, string folder, Dictionary<string, string> environment, ChildProcess process) =>
        (Name, _script, _folder, _environment, _process) = (name, script, folder, environment, process);

    public string Name { get; }

    public string NodeId { get; private set; } = "";

    public int Port { get; private set; }

    public int ApiPort { get; private set; }

    public ChildProcess Process => _process;

    public static async Task<LdkNode> StartAsync(string name, Bitcoind bitcoind, bool anchors = true, IReadOnlyDictionary<string, string>? settings = null)
    {
        var script = Path.Combine(await PeerCache.LdkAsync(), "ldk-node.mjs");
        var folder = Path.Combine(Directory.CreateTempSubdirectory("ldk-").FullName, name);
        Directory.CreateDirectory(folder);
        var environment = new Dictionary<string, string>
        {
            ["DATA_DIR"] = folder, ["WALLET"] = name, ["RPC_URL"] = $"http://127.0.0.1:{bitcoind.RpcPort}", ["ANCHORS"] = anchors ? "1" : "0", ["PUBLIC"] = "0", ["POLL_MS"] = "100",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>()) environment[key] = value;
        var node = new LdkNode(name, script, folder, environment, Launch(name, script, environment));
        await node.ReadyAsync();
        return node;
    }

    /// <summary>Calls one command of its API.</summary>
    public async Task<JsonElement> CallAsync(string command, JsonObject? argument = null)
    {
        using var response = await _http.PostAsJsonAsync(new Uri($"http://127.0.0.1:{ApiPort}/{command}"), argument ?? []);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null
            ? throw new InvalidOperationException($"{Name}.{command}: {error}")
            : answer.GetProperty("result");
    }

    public Task ConnectAsync(string nodeId, int port) => CallAsync("connect", new JsonObject { ["id"] = nodeId, ["port"] = port });

    public async Task<string> InvoiceAsync(long amountMsat) => (await CallAsync("newinvoice", new JsonObject { ["amount_msat"] = amountMsat })).GetProperty("bolt11").GetString()!;

    /// <summary>Pays and waits for the end: "sent" or "failed".</summary>
    public async Task<string> PayAsync(string bolt11) => (await CallAsync("pay", new JsonObject { ["bolt11"] = bolt11 })).GetProperty("state").GetString()!;

    public async Task FundAsync(Bitcoind bitcoind, decimal btc)
    {
        var address = (await CallAsync("newaddress")).GetProperty("address").GetString()!;
        await bitcoind.FundAsync(address, btc);
    }

    public async Task SyncAsync(Bitcoind bitcoind)
    {
        var height = await bitcoind.HeightAsync();
        await Until.TrueAsync($"{Name} at height {height}", TimeSpan.FromSeconds(30), async () =>
        {
            await CallAsync("sync");
            return (await CallAsync("getinfo")).GetProperty("height").GetUInt32() >= height;
        });
    }

    public async Task<JsonElement[]> ChannelsAsync() => [.. (await CallAsync("listchannels")).EnumerateArray()];

    /// <summary>Waits until a channel can carry payments.</summary>
    public Task UsableAsync(string channelId) => Until.TrueAsync($"{Name}: channel {channelId} usable", TimeSpan.FromSeconds(60), async () =>
        (await ChannelsAsync()).Any(c => c.GetProperty("channel_id").GetString() == channelId && LdkNode.Flag(c, "usable")));

    public async Task<string[]> EventsAsync() => [.. (await CallAsync("events")).EnumerateArray().Select(e => e.ToString())];

    /// <summary>A flag, which the bindings show as a number or as a boolean.</summary>
    public static bool Flag(JsonElement channel, string property) => channel.GetProperty(property).ToString() is not ("0" or "False");

    public static long Msat(JsonElement channel, string property) => long.Parse(channel.GetProperty(property).GetString()!, CultureInfo.InvariantCulture);

    /// <summary>Graceful restart on the same folder and port (LDK's own SIGKILL would force-close: its manager may be older than its monitors).</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _environment["LN_PORT"] = $"{Port}";
        _process = Launch(Name, _script, _environment);
        await ReadyAsync();
    }

    public async Task StopAsync()
    {
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
    }

    private static ChildProcess Launch(string name, string script, Dictionary<string, string> environment) => ChildProcess.Start($"LDK {name}", "node", [script], environment);

    private async Task ReadyAsync()
    {
        using var ready = JsonDocument.Parse(await _process.LineAsync("READY ", TimeSpan.FromSeconds(60)));
        NodeId = ready.RootElement.GetProperty("node_id").GetString()!;
        Port = ready.RootElement.GetProperty("ln_port").GetInt32();
        ApiPort = ready.RootElement.GetProperty("api_port").GetInt32();
    }
}
