using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Chain.BitcoinCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lightning.Interop.Tests.Peers;

/// <summary>A real bitcoind on regtest in a folder of its own, with a miner's wallet.</summary>
internal sealed class Bitcoind : IAsyncDisposable
{
    private const string MinerWallet = "miner";
    private readonly string _folder;
    private readonly string _program;
    private readonly bool _ownsFolder;
    private ChildProcess _process;
    private string _minerAddress = "";

    private Bitcoind(string program, string folder, bool ownsFolder, int rpcPort, ChildProcess process)
    {
        (_program, _folder, _ownsFolder, RpcPort, _process) = (program, folder, ownsFolder, rpcPort, process);
        Options = new BitcoinCoreOptions { RpcUrl = new Uri($"http://127.0.0.1:{rpcPort}"), User = "u", Password = "p", ZmqBlock = $"tcp://127.0.0.1:{rpcPort + 10}", WalletName = MinerWallet };
        Rpc = new BitcoinRpcClient(Options, TimeProvider.System, NullLogger.Instance);
    }

    public int RpcPort { get; }

    public BitcoinCoreOptions Options { get; }

    public BitcoinRpcClient Rpc { get; }

    public string DataFolder => _folder;

    public static async Task<Bitcoind> StartAsync(params string[] extraArguments)
    {
        var program = Path.Combine(await PeerCache.BitcoindAsync(), "bin", "bitcoind");
        var folder = Directory.CreateTempSubdirectory("bitcoind-").FullName;
        var port = ChildProcess.FreePort();
        var node = new Bitcoind(program, folder, true, port, Launch(program, folder, port, extraArguments));
        await node.ReadyAsync();
        await node.CallAsync("createwallet", MinerWallet);
        node._minerAddress = (await node.WalletCallAsync("getnewaddress")).GetString()!;
        await node.MineAsync(110);
        return node;
    }

    /// <summary>Stops and starts it again on the same folder and ports.</summary>
    public async Task RestartAsync()
    {
        await _process.StopAsync(TimeSpan.FromSeconds(60));
        await _process.DisposeAsync();
        _process = Launch(_program, _folder, RpcPort, []);
        await ReadyAsync();
        await CallAsync("loadwallet", MinerWallet);
    }

    public async Task<JsonElement> CallAsync(string method, params JsonNode?[] parameters)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await Rpc.CallAsync(method, limit.Token, parameters);
    }

    public async Task<JsonElement> WalletCallAsync(string method, params JsonNode?[] parameters)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await Rpc.CallWalletAsync(method, limit.Token, parameters);
    }

    /// <summary>Mines blocks to the miner.</summary>
    public Task MineAsync(int blocks) => CallAsync("generatetoaddress", blocks, _minerAddress);

    public async Task<uint> HeightAsync() => (await CallAsync("getblockcount")).GetUInt32();

    /// <summary>Pays an address from the miner's wallet and confirms it.</summary>
    public async Task<string> FundAsync(string address, decimal btc)
    {
        var txid = (await WalletCallAsync("sendtoaddress", address, btc)).GetString()!;
        await MineAsync(1);
        return txid;
    }

    public async Task<string[]> MempoolAsync() => [.. (await CallAsync("getrawmempool")).EnumerateArray().Select(e => e.GetString()!)];

    public async Task UntilInMempoolAsync(string txid) =>
        await Until.TrueAsync($"{txid} in the mempool", TimeSpan.FromSeconds(30), async () => (await MempoolAsync()).Contains(txid));

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Rpc.Dispose();
        if (_ownsFolder) Directory.Delete(_folder, recursive: true);
    }

    private static ChildProcess Launch(string program, string folder, int port, string[] extra) => ChildProcess.Start("bitcoind", program,
    [
        $"-datadir={folder}", "-regtest", "-server=1", $"-rpcport={port}", "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", "-rpcuser=u", "-rpcpassword=p",
        "-rpcthreads=8", "-rpcworkqueue=256", $"-port={port + 1}", $"-bind=127.0.0.1:{port + 1}", "-listenonion=0", "-dnsseed=0", "-fixedseeds=0", "-fallbackfee=0.00001",
        "-txindex=1", "-dbcache=64", "-printtoconsole=0", $"-zmqpubhashblock=tcp://127.0.0.1:{port + 10}",

        // Knots' own mempool policy is another than Bitcoin Core's.
        .. program.Contains("knots", StringComparison.Ordinal) || File.Exists(Path.Combine(Path.GetDirectoryName(program)!, "..", "packages.txt")) ? ["-corepolicy=1"] : Array.Empty<string>(),
        .. extra,
    ]);

    private Task ReadyAsync() => CallAsync("getblockchaininfo");
}
