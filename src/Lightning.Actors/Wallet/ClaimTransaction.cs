using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;
using Lightning.Channels.Claims;

namespace Lightning.Actors.Wallet;

/// <summary>Adds the wallet's coins to a claim, so that it pays its fee.</summary>
internal static class ClaimTransaction
{
    /// <summary>A claim takes no more coins: each makes it larger, and what conflicts with it dearer to replace.</summary>
    private const int MaxCoins = 20;

    /// <summary>Replaceable, without a relative lock.</summary>
    private const uint Sequence = 0xFFFFFFFD;

    /// <summary>Chooses coins, adds change, signs for the coins.</summary>
    /// <param name="wallet">The keys.</param>
    /// <param name="id">Which attempt of which channel.</param>
    /// <param name="request">What the channel asks for.</param>
    /// <param name="reuse">Coins of what is replaced, as far as the channel's claims hold them.</param>
    /// <param name="free">Confirmed coins that nobody holds.</param>
    /// <param name="blockHeight">The height now.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The lock, with the transaction: the channel's own inputs stand first, at their index, without witnesses.</returns>
    /// <exception cref="LightningException">The coins do not suffice, or the wallet cannot sign for them.</exception>
    public static async Task<ClaimCoinsLocked> MakeAsync(
        IChainWallet wallet, LockId id, CoinRequest request, ImmutableArray<Coin> reuse, ImmutableArray<Coin> free, uint blockHeight, CancellationToken cancellation)
    {
        var asked = request.Unsigned;
        if (request.Spent.Count != asked.Inputs.Length) throw LightningException.InvalidArgument($"{asked.Inputs.Length} inputs, but {request.Spent.Count} spent outputs.");
        var (coins, fee, change) = Select(request, reuse, free) ?? throw TooLittle(request, reuse, free);
        var outputs = asked.Outputs;
        if (change > Satoshi.Zero) outputs = outputs.Add(new TxOut(change, (await wallet.NewAddressAsync(cancellation).ConfigureAwait(false)).ScriptPubKey));
        var inputs = asked.Inputs.AddRange(coins.Select(static coin => new TxIn(coin.OutPoint, Script.Empty, Sequence, Witness.Empty)));
        var transaction = new Transaction(asked.Version, inputs, outputs, asked.LockTime);
        var signed = await wallet.SignAsync(transaction, [.. request.Spent, .. coins.Select(static coin => coin.Output)], cancellation).ConfigureAwait(false);

        // The channel signs what it asked for: a wallet adds witnesses, and for its own coins only.
        if (signed.TxId != transaction.TxId) throw new LightningException(LightningErrorKind.Internal, "The wallet changed the claim while signing it.");
        for (var i = asked.Inputs.Length; i < inputs.Length; i++)
        {
            if (signed.Inputs[i].Witness.IsEmpty) throw new LightningException(LightningErrorKind.FailedPrecondition, "The wallet cannot sign for all of its coins. Is it locked?");
            transaction = transaction.WithWitness(i, signed.Inputs[i].Witness);
        }

        return new ClaimCoinsLocked(id, [.. coins.Select(static coin => new ClaimCoin(coin.OutPoint, coin.Output))], transaction, fee, blockHeight);
    }

    // What is replaced first, as little of it as is enough; then the smallest coin that is enough, else the largest, so that few are spent.
    private static (ImmutableArray<Coin> Coins, Satoshi Fee, Satoshi Change)? Select(CoinRequest request, ImmutableArray<Coin> reuse, ImmutableArray<Coin> free)
    {
        if (request.MaxFee < request.MinFee) return null;
        if (reuse.Length > MaxCoins) reuse = reuse[..MaxCoins];
        for (var count = 0; count <= reuse.Length; count++)
        {
            if (Complete(request, reuse[..count]) is { } old) return old;
        }

        var useful = free.Where(coin => coin.Output.Value > request.Feerate.Fee(coin.InputWeight)).OrderByDescending(static coin => coin.Output.Value).ThenBy(static coin => coin.OutPoint).ToImmutableArray();
        if (reuse.Length < MaxCoins)
        {
            for (var i = useful.Length - 1; i >= 0; i--)
            {
                if (Complete(request, reuse.Add(useful[i])) is { } single) return single;
            }
        }

        for (var count = 2; count <= Math.Min(useful.Length, MaxCoins - reuse.Length); count++)
        {
            if (Complete(request, [.. reuse, .. useful[..count]]) is { } several) return several;
        }

        return null;
    }

    private static (ImmutableArray<Coin> Coins, Satoshi Fee, Satoshi Change)? Complete(CoinRequest request, ImmutableArray<Coin> coins)
    {
        var weight = request.Weight + coins.Sum(static coin => (long)coin.InputWeight);
        var left = Sum(request.Spent.Items.Select(static output => output.Value)) + Sum(coins.Select(static coin => coin.Output.Value)) - request.Unsigned.OutputValue;
        var fee = Fee(request, weight + CoinSelection.ChangeWeight);
        if (left - fee >= CoinSelection.Dust) return (coins, fee, left - fee);

        // What is too little for change goes to the miner, within the budget; a transaction without outputs there is not.
        return !request.Unsigned.Outputs.IsEmpty && left >= Fee(request, weight) && left <= request.MaxFee ? (coins, left, Satoshi.Zero) : null;
    }

    // What the transaction pays itself: its share of the package, what it replaces, and never less than is relayed; cut at the budget.
    private static Satoshi Fee(CoinRequest request, long weight)
    {
        var package = Relayed(request.Feerate, weight + request.ParentWeight) - request.ParentFee;
        return Satoshi.Min(request.MaxFee, Satoshi.Max(request.MinFee, Satoshi.Max(package, Relayed(FeeratePerKw.Floor, weight))));
    }

    // Nodes count whole virtual bytes, and round a required fee up.
    private static Satoshi Relayed(FeeratePerKw feerate, long weight) => new(((((weight + 3) / 4 * 4) * feerate.Value) + 999) / 1000);

    private static Satoshi Sum(IEnumerable<Satoshi> amounts) => amounts.Aggregate(Satoshi.Zero, static (sum, amount) => sum + amount);

    private static LightningException TooLittle(CoinRequest request, ImmutableArray<Coin> reuse, ImmutableArray<Coin> free) =>
        request.MaxFee < request.MinFee
            ? new(LightningErrorKind.FailedPrecondition, $"The claim may pay {request.MaxFee} and has to pay {request.MinFee} at least.")
            : new(
                LightningErrorKind.InsufficientFunds,
                $"The confirmed coins, {Sum(reuse.Concat(free).Select(static coin => coin.Output.Value))} in all, do not suffice for a claim that pays up to {request.MaxFee} at {request.Feerate}.");
}
