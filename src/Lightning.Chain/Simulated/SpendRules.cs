using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>What consensus asks of a transaction in the next block: its locks, what it spends and its scripts. Reasons are Bitcoin Core's words.</summary>
internal static class SpendRules
{
    /// <summary>Blocks until a coinbase may be spent.</summary>
    public const uint CoinbaseMaturity = 100;
    private const uint LockTimeThreshold = 500_000_000;
    private const uint SequenceFinal = 0xffff_ffff, SequenceDisable = 1u << 31, SequenceTypeFlag = 1u << 22, SequenceMask = 0xffff;
    private const int SequenceTimeShift = 9;

    /// <summary>Checks all but the scripts.</summary>
    /// <returns>Null where the transaction may be in the next block.</returns>
    public static BroadcastResult? CheckInputs(Transaction transaction, BestChain chain, Func<OutPoint, UnspentCoin?> find, out Satoshi fee, out SpentOutputs spent)
    {
        (fee, spent) = (Satoshi.Zero, new SpentOutputs([]));
        if (TransactionRules.Check(transaction) is var error and not TransactionError.None) return new BroadcastResult(BroadcastOutcome.Rejected, $"bad-txns ({error})");
        if (transaction.IsCoinbase) return new BroadcastResult(BroadcastOutcome.Rejected, "coinbase");
        var medianTime = chain.MedianTimePast(chain.TipBlock.Height);
        if (!IsFinal(transaction, chain.NextHeight, medianTime)) return new BroadcastResult(BroadcastOutcome.NotFinal, "non-final");

        var coins = ImmutableArray.CreateBuilder<UnspentCoin>(transaction.Inputs.Length);
        foreach (var input in transaction.Inputs)
        {
            if (find(input.PreviousOutput) is not { } coin) return new BroadcastResult(BroadcastOutcome.MissingInputs, "bad-txns-inputs-missingorspent");
            coins.Add(coin);
        }

        if (!SequenceLocksPassed(transaction, coins, chain, medianTime)) return new BroadcastResult(BroadcastOutcome.NotFinal, "non-BIP68-final");
        foreach (var coin in coins)
            if (coin.IsCoinbase && chain.NextHeight - coin.Height < CoinbaseMaturity) return new BroadcastResult(BroadcastOutcome.Rejected, "bad-txns-premature-spend-of-coinbase");

        spent = new SpentOutputs([.. coins.Select(c => c.Output)]);
        fee = spent.Value - transaction.OutputValue;
        return fee < Satoshi.Zero ? new BroadcastResult(BroadcastOutcome.Rejected, "bad-txns-in-belowout") : null;
    }

    /// <summary>Runs the scripts.</summary>
    /// <returns>Null where all inputs may be spent.</returns>
    public static BroadcastResult? CheckScripts(Transaction transaction, SpentOutputs spent, ScriptFlags flags)
    {
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            if (ScriptInterpreter.Verify(transaction, i, spent, flags) is var error and not ScriptError.Ok)
                return new BroadcastResult(BroadcastOutcome.Rejected, $"script-verify-flag-failed ({error}), input {i}");
        }

        return null;
    }

    private static bool IsFinal(Transaction transaction, uint height, uint medianTime)
    {
        if (transaction.LockTime == 0 || transaction.LockTime < (transaction.LockTime < LockTimeThreshold ? height : medianTime)) return true;
        foreach (var input in transaction.Inputs)
            if (input.Sequence != SequenceFinal) return false;
        return true;
    }

    /// <summary>BIP 68: relative locks count from the block of the spent output.</summary>
    private static bool SequenceLocksPassed(Transaction transaction, ImmutableArray<UnspentCoin>.Builder coins, BestChain chain, uint medianTime)
    {
        if (transaction.Version < 2) return true;
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var sequence = transaction.Inputs[i].Sequence;
            if ((sequence & SequenceDisable) != 0) continue;
            var (lockValue, coinHeight) = (sequence & SequenceMask, coins[i].Height);
            if ((sequence & SequenceTypeFlag) == 0)
            {
                if (coinHeight + lockValue > chain.NextHeight) return false;
            }
            else
            {
                // From the median time of the block before the coin's.
                var start = chain.MedianTimePast(coinHeight == 0 ? 0 : coinHeight - 1);
                if (start + (lockValue << SequenceTimeShift) > medianTime) return false;
            }
        }

        return true;
    }
}
