using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Claims;

/// <summary>What a claim pays, block by block: the estimate for the blocks that are left, never less than before, never more than its budget.</summary>
public static class FeeSchedule
{
    // From so many blocks before a deadline on, each block counts.
    private const uint Last = 6;

    /// <summary>What to pay now.</summary>
    /// <param name="deadline">Height of the block that must hold the claim at the latest; null for none.</param>
    /// <param name="last">What is published for the same outputs; null for nothing, or where an input of it is gone.</param>
    /// <param name="outcome">How that was taken; null where nobody has said.</param>
    /// <param name="floor">What was paid for these outputs before: never less, as far as the budget allows; zero for nothing.</param>
    /// <param name="budget">The most that may be paid, a parent's own fee included; satoshi.</param>
    /// <param name="weight">Weight of the claim, with its parent where it has one; weight units.</param>
    /// <param name="environment">Height and fees.</param>
    /// <returns>Sat/kw over that weight; null to leave what is published, or where the claim is worth nothing at any feerate that is relayed.</returns>
    public static FeeratePerKw? Next(
        uint? deadline, ClaimAttempt? last, PublishOutcome? outcome, FeeratePerKw floor, Satoshi budget, long weight, ChannelEnvironment environment)
    {
        var fees = environment.Fees;
        var left = BlocksLeft(deadline, environment);
        var most = Most(budget, weight);
        var wanted = Max(fees.For(left), floor);
        if (last is not null)
        {
            var step = Math.Max(deadline is not null && left <= Last ? last.Feerate.Value / 2 : last.Feerate.Value / 4, Math.Max(fees.Incremental.Value, 1));
            var raised = new FeeratePerKw(uint.CreateSaturating((ulong)last.Feerate.Value + step));
            if (!IsDue(last, outcome, deadline is null ? null : left, wanted >= raised, environment)) return null;
            wanted = Max(wanted, raised);
        }

        if (wanted > most) wanted = most;
        if (wanted < fees.Minimum) return null;
        // A replacement that does not pay for its own relay is refused.
        return last is not null && wanted.Value < (ulong)last.Feerate.Value + fees.Incremental.Value ? null : wanted;
    }

    /// <summary>How many blocks there are until the deadline, or until what has none is to be confirmed.</summary>
    internal static uint BlocksLeft(uint? deadline, ChannelEnvironment environment) => deadline switch
    {
        null => environment.Config.SweepTarget,
        { } height when height > environment.BlockHeight => height - environment.BlockHeight,
        _ => 0,
    };

    /// <summary>The highest feerate whose fee is within a budget.</summary>
    internal static FeeratePerKw Most(Satoshi budget, long weight) => new(uint.CreateSaturating(Math.Max(0, budget.Value) * 1000 / weight));

    // Whether the price of what is published is to be raised now.
    private static bool IsDue(ClaimAttempt last, PublishOutcome? outcome, uint? left, bool isOutbid, ChannelEnvironment environment)
    {
        var age = environment.BlockHeight > last.BlockHeight ? environment.BlockHeight - last.BlockHeight : 0;
        switch (outcome)
        {
            // It is not in the mempool for its price. In a hurry the price that is taken is sought at once, else once a block.
            case PublishOutcome.Conflict or PublishOutcome.TooCheap:
                return age > 0 || left <= environment.Config.SplitMargin;
            // It waits for something that no price changes.
            case PublishOutcome.NotFinal or PublishOutcome.MissingInputs:
                return false;
            default:
                break;
        }

        var patience = left switch
        {
            null or > 18 => 15u,
            > Last => 3u,
            _ => 1u,
        };
        // In no hurry, only what the market asks is paid.
        return age >= patience && (left is not null || isOutbid);
    }

    private static FeeratePerKw Max(FeeratePerKw one, FeeratePerKw other) => one > other ? one : other;
}
