using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Bitcoin;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
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
        var port = ChildProcess.FreePorts(0, 1, 10); // RPC, peers, ZMQ
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

    /// <summary>
    /// Mines until it is so, at most <paramref name="most"/> blocks; before each step the nodes have seen all blocks and had a moment to answer, as ten minutes are.
    /// Where nothing waits in the mempool, several blocks are one step: the nodes wait for a height.
    /// </summary>
    public async Task MineUntilAsync(string what, int most, Func<Task> synced, Func<Task<bool>> condition, Func<Task<string>>? state = null)
    {
        const int Quiet = 36;
        for (var mined = 0; ;)
        {
            await synced();
            await SettledAsync();
            if (await condition()) return;
            if (mined >= most) throw new TimeoutException($"not within {most} blocks: {what}\n{(state is null ? "" : await state())}");
            var step = (await MempoolAsync()).Length == 0 ? Math.Min(Quiet, most - mined) : 1;
            await MineAsync(step);
            mined += step;
        }
    }

    /// <summary>
    /// Waits until the mempool has not changed for a moment: a node's answer to a block takes a few round trips. It waits longer for the first transaction,
    /// because an empty mempool lets many blocks be mined at once, and a node on a busy machine must not find its deadline passed.
    /// </summary>
    public async Task SettledAsync()
    {
        const int Busy = 4;
        const int Empty = 20;
        var before = await MempoolAsync();
        for (var same = 0; same < (before.Length == 0 ? Empty : Busy);)
        {
            await Task.Delay(50); // Polls another process, which does not tell us when nothing more comes.
            var now = await MempoolAsync();
            same = now.Order(StringComparer.Ordinal).SequenceEqual(before.Order(StringComparer.Ordinal)) ? same + 1 : 0;
            before = now;
        }
    }

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

    /// <summary>Fills the mempool (of <c>-maxmempool=5</c>) with large transactions of the miner's coins until it turns cheap ones away. Needs some 60 mature coins.</summary>
    public async Task FillMempoolAsync()
    {
        // As large as a standard transaction may be, by outputs alone.
        var outputs = Enumerable.Repeat(new TxOut(new Satoshi(1000), ScriptTemplates.P2wsh(Script.Empty)), 2_200).ToImmutableArray();
        var coins = (await WalletCallAsync("listunspent", 100)).EnumerateArray().Where(c => c.GetProperty("amount").GetDecimal() > 1).ToArray();
        var feerate = 25m;
        foreach (var coin in coins)
        {
            var info = await CallAsync("getmempoolinfo");
            if (info.GetProperty("mempoolminfee").GetDecimal() > info.GetProperty("minrelaytxfee").GetDecimal()) return;
            feerate += 0.1m;
            var outPoint = new OutPoint(TxId.Parse(coin.GetProperty("txid").GetString()!), coin.GetProperty("vout").GetUInt32());
            var spent = outputs.Sum(o => o.Value.Value) + (long)(feerate * 95_000);
            var change = new TxOut(new Satoshi((long)(coin.GetProperty("amount").GetDecimal() * 100_000_000m) - spent), Script.FromHex(coin.GetProperty("scriptPubKey").GetString()!));
            var unsigned = new Transaction(2, [new TxIn(outPoint, Script.Empty, uint.MaxValue, Witness.Empty)], outputs.Add(change), 0);
            var signed = (await WalletCallAsync("signrawtransactionwithwallet", unsigned.ToHex())).GetProperty("hex").GetString();
            await CallAsync("sendrawtransaction", signed, 0);
        }

        throw new InvalidOperationException($"{coins.Length} coins did not fill the mempool: {await CallAsync("getmempoolinfo")}");
    }

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

        // Each block changes each wallet: without these two, blocks wait for the disk, and a new wallet makes eight thousand keys.
        "-unsafesqlitesync", "-keypool=20",

        // Knots' own mempool policy is another than Bitcoin Core's.
        .. program.Contains("knots", StringComparison.Ordinal) || File.Exists(Path.Combine(Path.GetDirectoryName(program)!, "..", "packages.txt")) ? ["-corepolicy=1"] : Array.Empty<string>(),
        .. extra,
    ]);

    private async Task ReadyAsync()
    {
        // A bitcoind that could not start (a port taken, a folder locked) must not look like one that is slow: both are polled, for neither tells us.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = Rpc.CallAsync("getblockchaininfo", limit.Token);
        while (await Task.WhenAny(answer, Task.Delay(100, limit.Token)) != answer)
        {
            if (_process.HasExited) throw new InvalidOperationException($"bitcoind ended:\n{_process.Log}");
        }

        await answer;
    }
}
