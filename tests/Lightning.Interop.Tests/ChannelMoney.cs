using System.Globalization;
using System.Text.Json;
using Lightning.Chain.BitcoinCore;
using Lightning.Interop.Tests.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lightning.Interop.Tests;

/// <summary>
/// Where a channel's money went on the real chain: every transaction in a block that descends from its funding output, followed until an output belongs to a wallet.
/// It reads bitcoind alone and believes no node.
/// </summary>
internal sealed class ChannelMoney
{
    private readonly Dictionary<string, (long Received, long Spent, long Fees)> _wallets = [];
    private readonly Dictionary<string, long> _unspent = [];
    private readonly Dictionary<string, long> _pendingFees = [];

    private ChannelMoney(IEnumerable<string> wallets)
    {
        foreach (var wallet in wallets) _wallets[wallet] = default;
    }

    /// <summary>The commitment or the mutual close, as the block has it.</summary>
    public JsonElement Closing { get; private set; }

    /// <summary>Fee of the transaction that spent the funding output, in sat.</summary>
    public long ClosingFee { get; private set; }

    /// <summary>Transactions after the closing one, with who made them.</summary>
    public List<(string TxId, string Owner, int ChannelInputs)> Claims { get; } = [];

    /// <summary>Values in sat of outputs that belong to no wallet and are not spent.</summary>
    public IReadOnlyCollection<long> Left => _unspent.Values;

    /// <summary>What a wallet has gained from the channel, in sat: what it received less the coins that it added.</summary>
    public long Gained(string wallet) => _wallets[wallet].Received - _wallets[wallet].Spent;

    /// <summary>What a wallet's claims paid in fees, in sat; the commitment's own fee is not among them.</summary>
    public long FeesOf(string wallet) => _wallets[wallet].Fees;

    /// <summary>What a wallet has gained with its claims' fees added: what the channel owed it.</summary>
    public long Owed(string wallet) => Gained(wallet) + FeesOf(wallet);

    public static async Task<ChannelMoney> FollowAsync(Bitcoind bitcoind, string fundingTxid, uint fundingIndex, params string[] wallets)
    {
        var money = new ChannelMoney(wallets);
        var clients = wallets.ToDictionary(w => w, w => new BitcoinRpcClient(bitcoind.Options with { WalletName = w }, TimeProvider.System, NullLogger.Instance));
        try
        {
            var owners = new Dictionary<string, string?>();
            var from = await HeightOfAsync(bitcoind, fundingTxid);
            var to = await bitcoind.HeightAsync();
            money._unspent[$"{fundingTxid}:{fundingIndex}"] = 0;
            for (var height = from; height <= to; height++)
            {
                var hash = (await bitcoind.CallAsync("getblockhash", height)).GetString();
                var block = await bitcoind.CallAsync("getblock", hash, 3);
                foreach (var transaction in block.GetProperty("tx").EnumerateArray()) await money.TakeAsync(transaction, script => OwnerAsync(script, clients, owners));
            }

            return money;
        }
        finally
        {
            foreach (var client in clients.Values) client.Dispose();
        }
    }

    private static async Task<uint> HeightOfAsync(Bitcoind bitcoind, string txid)
    {
        var transaction = await bitcoind.CallAsync("getrawtransaction", txid, true);
        return (await bitcoind.CallAsync("getblockheader", transaction.GetProperty("blockhash").GetString())).GetProperty("height").GetUInt32();
    }

    private static async Task<string?> OwnerAsync(JsonElement script, Dictionary<string, BitcoinRpcClient> clients, Dictionary<string, string?> known)
    {
        if (!script.TryGetProperty("address", out var address)) return null;
        var text = address.GetString()!;
        if (known.TryGetValue(text, out var owner)) return owner;
        foreach (var (wallet, client) in clients)
        {
            if ((await client.CallWalletAsync("getaddressinfo", CancellationToken.None, text)).GetProperty("ismine").GetBoolean()) owner = wallet;
        }

        return known[text] = owner;
    }

    private async Task TakeAsync(JsonElement transaction, Func<JsonElement, Task<string?>> ownerOf)
    {
        var inputs = transaction.GetProperty("vin").EnumerateArray().Where(i => i.TryGetProperty("txid", out _)).ToArray();
        var spent = inputs.Count(i => _unspent.ContainsKey(OutPoint(i)));
        if (spent == 0) return;

        var isClosing = Closing.ValueKind is JsonValueKind.Undefined;
        var txid = transaction.GetProperty("txid").GetString()!;
        var fee = Sat(transaction.GetProperty("fee"));
        string? maker = null;
        foreach (var input in inputs)
        {
            if (_unspent.Remove(OutPoint(input))) continue;
            var prevout = input.GetProperty("prevout");
            maker = await ownerOf(prevout.GetProperty("scriptPubKey")) ?? throw new InvalidOperationException($"{txid} adds a coin of nobody's");
            Add(maker, spent: Sat(prevout.GetProperty("value")));
        }

        foreach (var output in transaction.GetProperty("vout").EnumerateArray())
        {
            var value = Sat(output.GetProperty("value"));
            if (await ownerOf(output.GetProperty("scriptPubKey")) is not { } owner) _unspent[$"{txid}:{output.GetProperty("n").GetInt32()}"] = value;
            else
            {
                Add(owner, received: value);
                if (!isClosing) maker ??= owner;
            }
        }

        if (isClosing)
        {
            (Closing, ClosingFee) = (transaction.Clone(), fee);
            return;
        }

        Claims.Add((txid, maker ?? "", spent));
        if (maker is null)
        {
            // A second stage that pays its own fee: whose it is, the spender of its output tells.
            _pendingFees[txid] = fee;
            return;
        }

        Add(maker, fees: fee);
        foreach (var input in inputs)
        {
            if (_pendingFees.Remove(input.GetProperty("txid").GetString()!, out var pending)) Add(maker, fees: pending);
        }
    }

    private void Add(string wallet, long received = 0, long spent = 0, long fees = 0)
    {
        var before = _wallets[wallet];
        _wallets[wallet] = (before.Received + received, before.Spent + spent, before.Fees + fees);
    }

    private static string OutPoint(JsonElement input) => $"{input.GetProperty("txid").GetString()}:{input.GetProperty("vout").GetInt32().ToString(CultureInfo.InvariantCulture)}";

    private static long Sat(JsonElement bitcoin) => (long)(bitcoin.GetDecimal() * 100_000_000m);
}
