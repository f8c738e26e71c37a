using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;

namespace Lightning.Actors.Wallet;

/// <summary>Makes a transaction that funds a channel.</summary>
internal static class FundingTransaction
{
    /// <summary>Weight units of a transaction without inputs and outputs, with a change output.</summary>
    private const int OverheadAndChange = 42 + 172;

    /// <summary>Chooses coins, adds change, signs.</summary>
    /// <param name="wallet">The keys.</param>
    /// <param name="random">Decides the order of the outputs.</param>
    /// <param name="request">What to pay.</param>
    /// <param name="free">The coins that may be spent.</param>
    /// <param name="reserve">What must be left of them, change included, in satoshi.</param>
    /// <param name="blockHeight">The height now.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The signed transaction and the index of the funding output.</returns>
    /// <exception cref="LightningException">The coins do not suffice for it and the reserve, or the wallet cannot sign for them.</exception>
    public static async Task<(Transaction Transaction, ushort OutputIndex)> MakeAsync(
        IChainWallet wallet, IRandomness random, FundChannel request, ImmutableArray<Coin> free, Satoshi reserve, uint blockHeight, CancellationToken cancellation)
    {
        var output = new TxOut(request.Amount, request.Script);
        var selection = CoinSelection.Select(free, request.Amount, output.Size * 4, request.Feerate) ?? throw TooLittle(request, output, free);
        var available = Sum(free);
        if (available - Sum(selection.Coins) + selection.Change < reserve) throw LightningException.ReserveNeeded(request.Amount + selection.Fee, reserve, available);
        ImmutableArray<TxOut> outputs = [output];
        if (selection.Change > Satoshi.Zero)
        {
            var change = new TxOut(selection.Change, (await wallet.NewAddressAsync(cancellation).ConfigureAwait(false)).ScriptPubKey);

            // At a random place, so that nobody can tell from the order which output is the channel's.
            outputs = random.NextUInt64() % 2 == 0 ? [output, change] : [change, output];
        }

        // Spendable in the next block only, as wallets do against fee sniping; replaceable, as far as anybody cares.
        var inputs = selection.Coins.Select(static coin => new TxIn(coin.OutPoint, Script.Empty, 0xFFFFFFFD, Witness.Empty)).ToImmutableArray();
        var unsigned = new Transaction(2, inputs, outputs, blockHeight);
        var signed = await wallet.SignAsync(unsigned, [.. selection.Coins.Select(static coin => coin.Output)], cancellation).ConfigureAwait(false);

        // A commitment will spend this output by its id: a wallet that changes anything but witnesses would take the channel's money with it.
        if (signed.TxId != unsigned.TxId) throw new LightningException(LightningErrorKind.Internal, "The wallet changed the funding transaction while signing it.");
        if (signed.Inputs.Any(static input => input.Witness.IsEmpty)) throw new LightningException(LightningErrorKind.FailedPrecondition, "The wallet cannot sign for all of its coins. Is it locked?");
        return (signed, (ushort)outputs.IndexOf(output));
    }

    private static LightningException TooLittle(FundChannel request, TxOut output, ImmutableArray<Coin> free)
    {
        var weight = OverheadAndChange + (output.Size * 4L) + free.Sum(static coin => (long)coin.InputWeight);
        return LightningException.InsufficientFunds(request.Amount + request.Feerate.Fee(weight), Sum(free));
    }

    private static Satoshi Sum(ImmutableArray<Coin> coins) => coins.Aggregate(Satoshi.Zero, static (sum, coin) => sum + coin.Output.Value);
}
