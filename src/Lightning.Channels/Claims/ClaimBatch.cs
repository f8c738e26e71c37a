using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Claims;

/// <summary>What should be one transaction.</summary>
/// <param name="Claims">In the order of its inputs; at least one. Those with a fixed output come first, so that input and output have one index.</param>
public sealed record ClaimBatch(ImmutableArray<Claim> Claims)
{
    private const int SegwitMarker = 2;
    private const int OutputCountAndValue = 1 + 8;

    /// <summary>nLockTime: the highest that a claim needs, which the least of all is for those that have one signed.</summary>
    public uint LockTime
    {
        get
        {
            uint lockTime = 0;
            foreach (var claim in Claims) lockTime = Math.Max(lockTime, claim.Input.LockTime);
            return lockTime;
        }
    }

    /// <summary>The commitment that it pays for; null where it stands alone.</summary>
    public CommitmentParent? Parent => Claims[0].Parent;

    /// <summary>Whether its fee comes from the wallet: what it takes goes to outputs that are signed already, or is too little.</summary>
    public bool NeedsCoins => Claims[0].Purpose == ClaimPurpose.Anchor || (Claims[0].Input.FixedOutput is not null && !IsFixed);

    /// <summary>Whether nothing of it can be changed, its fee least of all.</summary>
    public bool IsFixed => Claims[0].Input.IsFixed;

    /// <summary>Height of the block that must hold it at the latest; null for none.</summary>
    public uint? Deadline
    {
        get
        {
            uint? deadline = null;
            foreach (var claim in Claims)
            {
                if (claim.Deadline is { } one && (deadline is null || one < deadline)) deadline = one;
            }

            return deadline;
        }
    }

    /// <summary>What is lost where it does not confirm, in satoshi.</summary>
    public Satoshi Value
    {
        get
        {
            var value = Satoshi.Zero;
            foreach (var claim in Claims) value += claim.Value;
            return value;
        }
    }

    /// <summary>What its inputs hold, in satoshi.</summary>
    public Satoshi Spent
    {
        get
        {
            var spent = Satoshi.Zero;
            foreach (var claim in Claims) spent += claim.Input.Spent.Value;
            return spent;
        }
    }

    /// <summary>The most that it may pay in fees, a parent's own fee not included; satoshi.</summary>
    /// <param name="budget">The rules.</param>
    /// <param name="height">Height of the best block.</param>
    public Satoshi Budget(ClaimBudget budget, uint height)
    {
        if (Parent is { } parent)
        {
            return Satoshi.Min(budget.AnchorFeeCap, Percent(parent.Htlcs, budget.CommitmentHtlcPercent) + Percent(parent.Balance, budget.CommitmentBalancePercent));
        }

        var sum = Satoshi.Zero;
        foreach (var claim in Claims) sum += Percent(claim.Value, PercentOf(claim, budget, height));
        return sum;
    }

    /// <summary>Weight of <see cref="Unsigned"/> with witnesses at their longest, in weight units.</summary>
    /// <param name="destination">Where its value goes; null where all its outputs are fixed or the wallet's.</param>
    public long Weight(Script? destination)
    {
        long fixedOutputs = 0, weight = 0;
        foreach (var claim in Claims)
        {
            weight += claim.Input.Weight;
            if (claim.Input.FixedOutput is not { } output) continue;
            weight += 4L * output.Size;
            fixedOutputs++;
        }

        if (destination is not null) weight += 4L * (OutputCountAndValue + destination.Value.Length);
        var outputs = fixedOutputs + (destination is null ? 0 : 1);
        return weight + (4L * (4 + VarInt.SizeOf((ulong)Claims.Length) + VarInt.SizeOf((ulong)outputs) + 4)) + SegwitMarker;
    }

    /// <summary>The transaction without witnesses.</summary>
    /// <param name="destination">What its value goes to; null where all its outputs are fixed or the wallet's.</param>
    public Transaction Unsigned(TxOut? destination)
    {
        var outputs = ImmutableArray.CreateBuilder<TxOut>();
        foreach (var claim in Claims)
        {
            if (claim.Input.FixedOutput is { } output) outputs.Add(output);
        }

        if (destination is not null) outputs.Add(destination);
        return new Transaction(2, [.. Claims.Select(static claim => claim.Input.ToInput())], outputs.ToImmutable(), LockTime);
    }

    private static int PercentOf(Claim claim, ClaimBudget budget, uint height)
    {
        if (claim.Deadline is not { } deadline) return claim.IsContested ? budget.ContestedPercent : budget.UncontestedPercent;
        var left = (long)deadline - height;
        if (left <= budget.LastMargin) return budget.LastPercent;
        return left <= budget.NearMargin ? budget.NearPercent : budget.ContestedPercent;
    }

    private static Satoshi Percent(Satoshi amount, int percent) => amount * percent / 100;
}
