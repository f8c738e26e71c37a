using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Bitcoin.Blocks;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Microsoft.Extensions.Logging;

namespace Lightning.Chain.BitcoinCore;

/// <summary>The chain as a Bitcoin Core node tells it: RPC is the truth, ZMQ only a hint to look sooner.</summary>
public sealed partial class BitcoinCoreBackend : IChainBackend
{
    /// <summary>RPC_INVALID_ADDRESS_OR_KEY: no such block or transaction.</summary>
    private const int NotFound = -5;

    /// <summary>RPC_INVALID_PARAMETER: a height above the tip.</summary>
    private const int OutOfRange = -8;

    private readonly BitcoinRpcClient _rpc;
    private readonly BlockHint _hint;
    private readonly ILogger _logger;

    private BitcoinCoreBackend(Network network, BitcoinRpcClient rpc, BlockHint hint, ILogger logger) =>
        (Network, _rpc, _hint, _logger) = (network, rpc, hint, logger);

    /// <inheritdoc/>
    public Network Network { get; }

    /// <summary>The RPC connection, which the wallet shares.</summary>
    public BitcoinRpcClient Rpc => _rpc;

    /// <summary>Connects, waiting for bitcoind as long as it takes, and checks that it serves the expected network.</summary>
    /// <exception cref="InvalidOperationException">It serves another network.</exception>
    public static async Task<BitcoinCoreBackend> ConnectAsync(
        BitcoinCoreOptions options, Network network, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var rpc = new BitcoinRpcClient(options, time, logger);
        try
        {
            var genesis = await rpc.CallAsync("getblockhash", cancellationToken, 0).ConfigureAwait(false);
            if (genesis.GetString() != network.GenesisHash.ToString())
            {
                throw new InvalidOperationException($"bitcoind at {options.RpcUrl} does not serve {network}: its first block is {genesis.GetString()}.");
            }

            return new BitcoinCoreBackend(network, rpc, new BlockHint(options.ZmqBlock, options.PollInterval, time, logger), logger);
        }
        catch
        {
            rpc.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ChainTip> GetTipAsync(CancellationToken cancellationToken)
    {
        var info = await _rpc.CallAsync("getblockchaininfo", cancellationToken).ConfigureAwait(false);
        return new ChainTip(info.GetProperty("blocks").GetUInt32(), BlockHash.Parse(info.GetProperty("bestblockhash").GetString()!));
    }

    /// <inheritdoc/>
    public async Task<BlockHash?> GetBlockHashAsync(uint height, CancellationToken cancellationToken)
    {
        try
        {
            var hash = await _rpc.CallAsync("getblockhash", cancellationToken, height).ConfigureAwait(false);
            return BlockHash.Parse(hash.GetString()!);
        }
        catch (BitcoinRpcException e) when (e.Code == OutOfRange)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ChainBlock?> GetBlockAsync(uint height, CancellationToken cancellationToken) =>
        await GetBlockHashAsync(height, cancellationToken).ConfigureAwait(false) is { } hash
            ? await GetBlockAsync(height, hash, cancellationToken).ConfigureAwait(false)
            : null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChainEvent> FollowAsync(ChainTip? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = from ?? await GetTipAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var hint = _hint.Next;
            var current = await GetBlockHashAsync(last.Height, cancellationToken).ConfigureAwait(false);
            if (current != last.Hash)
            {
                var previous = await GetPreviousHashAsync(last, cancellationToken).ConfigureAwait(false);
                LogDisconnected(last.Height, last.Hash);
                yield return new ChainEvent.BlockDisconnected(last, previous);
                last = new ChainTip(last.Height - 1, previous);
                continue;
            }

            if (await GetBlockHashAsync(last.Height + 1, cancellationToken).ConfigureAwait(false) is not { } next)
            {
                await _hint.WaitAsync(hint, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var block = await GetBlockAsync(last.Height + 1, next, cancellationToken).ConfigureAwait(false);

            // The chain moved between two calls: look again from the block that is known.
            if (block is null || block.PreviousHash != last.Hash) continue;
            yield return new ChainEvent.BlockConnected(block);
            last = block.Tip;
        }
    }

    /// <inheritdoc/>
    public async Task<UnspentOutput?> GetUnspentAsync(OutPoint outPoint, CancellationToken cancellationToken)
    {
        var found = await _rpc.CallAsync("gettxout", cancellationToken, outPoint.TxId.ToString(), outPoint.Index, false).ConfigureAwait(false);
        if (found.ValueKind != JsonValueKind.Object) return null;
        var script = new Script(Bytes.FromHex(found.GetProperty("scriptPubKey").GetProperty("hex").GetString()!));
        return new UnspentOutput(
            new TxOut(ParseAmount(found.GetProperty("value")), script),
            found.GetProperty("confirmations").GetUInt32(),
            found.GetProperty("coinbase").GetBoolean());
    }

    /// <inheritdoc/>
    public async Task<BroadcastResult> BroadcastAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            // No fee limit of bitcoind's (0): what a transaction may cost was decided before it was signed.
            await _rpc.CallAsync("sendrawtransaction", cancellationToken, Hex(transaction), 0).ConfigureAwait(false);
            return new BroadcastResult(BroadcastOutcome.Accepted);
        }
        catch (BitcoinRpcException e)
        {
            return new BroadcastResult(RejectReason.Classify(e.Reason), e.Reason);
        }
    }

    /// <inheritdoc/>
    public async Task<BroadcastResult> BroadcastPackageAsync(Transaction parent, Transaction child, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _rpc.CallAsync("submitpackage", cancellationToken, new JsonArray(Hex(parent), Hex(child)), 0).ConfigureAwait(false);
            var message = answer.GetProperty("package_msg").GetString() ?? "";
            if (message == "success") return new BroadcastResult(BroadcastOutcome.Accepted);
            var errors = answer.GetProperty("tx-results").EnumerateObject()
                .Select(r => r.Value.TryGetProperty("error", out var error) ? error.GetString() : null).OfType<string>().ToArray();
            if (errors.Length == 0) return new BroadcastResult(RejectReason.Classify(message), message);

            // A child of a parent that was refused misses an input: the parent's own reason is the one that counts.
            var telling = errors.FirstOrDefault(e => RejectReason.Classify(e) != BroadcastOutcome.MissingInputs) ?? errors[0];
            return new BroadcastResult(RejectReason.Classify(telling), string.Join("; ", errors));
        }
        catch (BitcoinRpcException e)
        {
            return new BroadcastResult(RejectReason.Classify(e.Reason), e.Reason);
        }
    }

    /// <inheritdoc/>
    public async Task<FeeratePerKw?> EstimateFeerateAsync(uint blocks, CancellationToken cancellationToken)
    {
        var estimate = await _rpc.CallAsync("estimatesmartfee", cancellationToken, Math.Clamp(blocks, 1, 1008)).ConfigureAwait(false);
        return estimate.TryGetProperty("feerate", out var perKvB) ? FeeratePerKw.FromSatPerKvB(ParseAmount(perKvB)) : null;
    }

    /// <inheritdoc/>
    public async Task<MempoolFloor> GetMempoolFloorAsync(CancellationToken cancellationToken)
    {
        var mempool = await _rpc.CallAsync("getmempoolinfo", cancellationToken).ConfigureAwait(false);
        var minimum = Satoshi.Max(ParseAmount(mempool.GetProperty("mempoolminfee")), ParseAmount(mempool.GetProperty("minrelaytxfee")));
        return new MempoolFloor(FeeratePerKw.FromSatPerKvB(minimum), FeeratePerKw.FromSatPerKvB(ParseAmount(mempool.GetProperty("incrementalrelayfee"))));
    }

    /// <inheritdoc/>
    public async Task<Transaction?> FindMempoolSpenderAsync(OutPoint outPoint, CancellationToken cancellationToken)
    {
        var asked = new JsonArray(new JsonObject { ["txid"] = outPoint.TxId.ToString(), ["vout"] = outPoint.Index });
        var spends = await _rpc.CallAsync("gettxspendingprevout", cancellationToken, asked).ConfigureAwait(false);
        if (!spends[0].TryGetProperty("spendingtxid", out var spender)) return null;
        try
        {
            var found = await _rpc.CallAsync("getrawtransaction", cancellationToken, spender.GetString(), true).ConfigureAwait(false);

            // Mined between the two calls, or known by an index: no spend of the mempool's.
            return found.TryGetProperty("blockhash", out _) ? null : Transaction.Parse(Convert.FromHexString(found.GetProperty("hex").GetString()!));
        }
        catch (BitcoinRpcException e) when (e.Code == NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _hint.Dispose();
        _rpc.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>An amount in BTC, as Bitcoin Core's JSON has it, to the satoshi.</summary>
    internal static Satoshi ParseAmount(JsonElement btc) =>
        new(decimal.ToInt64(decimal.Parse(btc.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture) * 100_000_000m));

    private static string Hex(Transaction transaction) => Convert.ToHexStringLower(transaction.ToBytes());

    private async Task<ChainBlock?> GetBlockAsync(uint height, BlockHash hash, CancellationToken cancellationToken)
    {
        try
        {
            var hex = await _rpc.CallAsync("getblock", cancellationToken, hash.ToString(), 0).ConfigureAwait(false);
            var block = Read(height, hash, hex.GetString()!);
            return new ChainBlock(height, hash, block.Header.PreviousHash, block.Header.Time, block.Transactions);
        }
        catch (BitcoinRpcException e) when (e.Code == NotFound)
        {
            return null;
        }
    }

    private static Block Read(uint height, BlockHash hash, string hex)
    {
        try
        {
            return Block.Parse(Convert.FromHexString(hex));
        }
        catch (FormatException e)
        {
            throw new UnreadableBlockException(height, hash, e);
        }
    }

    private async Task<BlockHash> GetPreviousHashAsync(ChainTip tip, CancellationToken cancellationToken)
    {
        try
        {
            // bitcoind keeps the headers of stale blocks.
            var header = await _rpc.CallAsync("getblockheader", cancellationToken, tip.Hash.ToString()).ConfigureAwait(false);
            return BlockHash.Parse(header.GetProperty("previousblockhash").GetString()!);
        }
        catch (BitcoinRpcException e) when (e.Code == NotFound)
        {
            // Another bitcoind than the one that told us of this block: the fork is nowhere to be read, so its own chain is taken.
            LogUnknownBlock(tip.Height, tip.Hash);
            return await GetBlockHashAsync(tip.Height - 1, cancellationToken).ConfigureAwait(false) ?? (await GetTipAsync(cancellationToken).ConfigureAwait(false)).Hash;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Block {Height} {Hash} was reorganised away")]
    private partial void LogDisconnected(uint height, BlockHash hash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "bitcoind does not know block {Height} {Hash}: going on from its own chain")]
    private partial void LogUnknownBlock(uint height, BlockHash hash);
}
