using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;

namespace Lightning.Chain.BitcoinCore;

/// <summary>A descriptor wallet of Bitcoin Core that holds the node's on-chain coins.</summary>
public sealed class BitcoinCoreWallet : IChainWallet
{
    /// <summary>RPC_WALLET_NOT_FOUND.</summary>
    private const int WalletNotFound = -18;

    /// <summary>RPC_WALLET_ALREADY_LOADED.</summary>
    private const int AlreadyLoaded = -35;

    private readonly BitcoinRpcClient _rpc;

    private BitcoinCoreWallet(BitcoinRpcClient rpc) => _rpc = rpc;

    /// <summary>Loads the wallet, and makes it where it does not exist.</summary>
    /// <exception cref="BitcoinRpcException">bitcoind cannot open it, or has no wallet support.</exception>
    public static async Task<BitcoinCoreWallet> OpenAsync(BitcoinRpcClient rpc, string name, CancellationToken cancellationToken)
    {
        try
        {
            await rpc.CallAsync("loadwallet", cancellationToken, name, true).ConfigureAwait(false);
        }
        catch (BitcoinRpcException e) when (e.Code == AlreadyLoaded)
        {
            // Loaded at bitcoind's start or by an earlier run of ours: nothing to do.
        }
        catch (BitcoinRpcException e) when (e.Code == WalletNotFound)
        {
            // disable_private_keys, blank, passphrase, avoid_reuse, descriptors, load_on_startup
            await rpc.CallAsync("createwallet", cancellationToken, name, false, false, "", false, true, true).ConfigureAwait(false);
        }

        return new BitcoinCoreWallet(rpc);
    }

    /// <inheritdoc/>
    public async Task<WalletAddress> NewAddressAsync(CancellationToken cancellationToken)
    {
        var address = (await _rpc.CallWalletAsync("getnewaddress", cancellationToken, "", "bech32").ConfigureAwait(false)).GetString()!;
        var info = await _rpc.CallWalletAsync("getaddressinfo", cancellationToken, address).ConfigureAwait(false);
        return new WalletAddress(address, new Script(Bytes.FromHex(info.GetProperty("scriptPubKey").GetString()!)));
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<Coin>> ListUnspentAsync(CancellationToken cancellationToken)
    {
        // 9,999,999 confirmations at most, any address, unsafe ones too: what an unconfirmed coin is good for is the caller's judgement.
        var list = await _rpc.CallWalletAsync("listunspent", cancellationToken, 0, 9_999_999, new JsonArray(), true).ConfigureAwait(false);
        var coins = ImmutableArray.CreateBuilder<Coin>(list.GetArrayLength());
        foreach (var entry in list.EnumerateArray())
        {
            if (!entry.GetProperty("spendable").GetBoolean()) continue;
            coins.Add(new Coin(
                new OutPoint(TxId.Parse(entry.GetProperty("txid").GetString()!), entry.GetProperty("vout").GetUInt32()),
                new TxOut(BitcoinCoreBackend.ParseAmount(entry.GetProperty("amount")), new Script(Bytes.FromHex(entry.GetProperty("scriptPubKey").GetString()!))),
                entry.GetProperty("confirmations").GetUInt32()));
        }

        return coins.DrainToImmutable();
    }

    /// <inheritdoc/>
    public async Task<Transaction> SignAsync(Transaction transaction, IReadOnlyList<TxOut> spentOutputs, CancellationToken cancellationToken)
    {
        var previous = new JsonArray();
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            previous.Add(new JsonObject
            {
                ["txid"] = transaction.Inputs[i].PreviousOutput.TxId.ToString(),
                ["vout"] = transaction.Inputs[i].PreviousOutput.Index,
                ["scriptPubKey"] = spentOutputs[i].ScriptPubKey.ToString(),
                ["amount"] = (spentOutputs[i].Value.Value / 100_000_000m).ToString("0.00000000", CultureInfo.InvariantCulture),
            });
        }

        var answer = await _rpc.CallWalletAsync("signrawtransactionwithwallet", cancellationToken, Convert.ToHexStringLower(transaction.ToBytes()), previous).ConfigureAwait(false);
        return Transaction.FromHex(answer.GetProperty("hex").GetString()!);
    }
}
