using System.Collections.Immutable;

namespace Lightning.Chain.Wallet;

/// <summary>The coins that pay for something.</summary>
/// <param name="Coins">The inputs.</param>
/// <param name="Fee">What the miner gets.</param>
/// <param name="Change">What comes back; zero where it would be dust and goes to the fee.</param>
public sealed record CoinSelection(ImmutableArray<Coin> Coins, Satoshi Fee, Satoshi Change)
{
    /// <summary>Weight of a P2WPKH or P2TR change output, the larger of the two.</summary>
    public const int ChangeWeight = 172;

    /// <summary>Weight of version, lock time, counts and the segwit marker.</summary>
    private const int OverheadWeight = 42;

    /// <summary>The least that a change output may hold: dust for P2TR.</summary>
    public static Satoshi Dust { get; } = new(330);

    /// <summary>
    /// Chooses coins for <paramref name="target"/>: the smallest single coin that is enough, else the largest first, so that few inputs are
    /// spent. Deterministic: ties go by outpoint.
    /// </summary>
    /// <param name="available">Coins that are free; only native segwit ones are considered.</param>
    /// <param name="target">Sum of the outputs in satoshi, without change.</param>
    /// <param name="outputsWeight">Weight of those outputs in weight units.</param>
    /// <param name="feerate">Feerate of the transaction.</param>
    /// <returns>Null where the coins do not suffice.</returns>
    public static CoinSelection? Select(IEnumerable<Coin> available, Satoshi target, int outputsWeight, FeeratePerKw feerate)
    {
        var coins = available.Where(c => c.IsNativeSegwit && c.Output.Value > feerate.Fee(c.InputWeight)).OrderByDescending(c => c.Output.Value).ThenBy(c => c.OutPoint).ToImmutableArray();
        for (var i = coins.Length - 1; i >= 0; i--)
        {
            if (Complete([coins[i]], target, outputsWeight, feerate) is { } single) return single;
        }

        for (var count = 2; count <= coins.Length; count++)
        {
            if (Complete(coins[..count], target, outputsWeight, feerate) is { } several) return several;
        }

        return null;
    }

    private static CoinSelection? Complete(ImmutableArray<Coin> coins, Satoshi target, int outputsWeight, FeeratePerKw feerate)
    {
        var total = Satoshi.Zero;
        var weight = OverheadWeight + outputsWeight;
        foreach (var coin in coins)
        {
            total += coin.Output.Value;
            weight += coin.InputWeight;
        }

        var change = total - target - feerate.Fee(weight + ChangeWeight);
        if (change >= Dust) return new CoinSelection(coins, feerate.Fee(weight + ChangeWeight), change);
        var fee = total - target;
        return fee >= feerate.Fee(weight) ? new CoinSelection(coins, fee, Satoshi.Zero) : null;
    }
}
