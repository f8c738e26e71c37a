using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Fees;
using Lightning.Channels.Signing;

namespace Lightning.Channels.Claims;

/// <summary>A transaction that takes outputs of a force close to one script of ours and pays its fee from them.</summary>
public sealed class ClaimTransaction
{
    private ClaimTransaction(ImmutableArray<ClaimableOutput> claims, Transaction transaction, Satoshi fee) =>
        (Claims, Transaction, Fee) = (claims, transaction, fee);

    /// <summary>What it takes, in the order of its inputs.</summary>
    public ImmutableArray<ClaimableOutput> Claims { get; }

    /// <summary>The transaction without witnesses.</summary>
    public Transaction Transaction { get; }

    /// <summary>What it pays; satoshi.</summary>
    public Satoshi Fee { get; }

    /// <summary>Expected weight, in weight units, signatures at their longest.</summary>
    public static long Weight(ImmutableArray<ClaimableOutput> claims, Script destination)
    {
        long weight = (4 * (4 + (claims.Length < 0xFD ? 1 : 3) + 1 + 8 + 1 + destination.Length + 4)) + 2;
        foreach (var claim in claims) weight += claim.InputWeight;
        return weight;
    }

    /// <summary>Builds the transaction.</summary>
    /// <param name="claims">What to take; at least one.</param>
    /// <param name="destination">A script of our wallet.</param>
    /// <param name="feerate">What to pay.</param>
    /// <param name="transaction">The transaction.</param>
    /// <returns>False where the fee leaves less than dust: not worth taking at that feerate.</returns>
    public static bool TryBuild(ImmutableArray<ClaimableOutput> claims, Script destination, FeeratePerKw feerate, [NotNullWhen(true)] out ClaimTransaction? transaction)
    {
        if (claims.IsEmpty) throw new ArgumentException("There is nothing to claim.", nameof(claims));
        transaction = null;
        var total = Satoshi.Zero;
        uint lockTime = 0;
        foreach (var claim in claims)
        {
            total += claim.Output.Value;
            lockTime = Math.Max(lockTime, claim.LockTime);
        }

        var fee = feerate.Fee(Weight(claims, destination));
        if (total - fee < DustThreshold.Of(destination)) return false;
        var inputs = ImmutableArray.CreateBuilder<TxIn>(claims.Length);
        foreach (var claim in claims) inputs.Add(claim.ToInput());
        transaction = new ClaimTransaction(claims, new Transaction(2, inputs.MoveToImmutable(), [new TxOut(total - fee, destination)], lockTime), fee);
        return true;
    }

    /// <summary>The transaction with its witnesses, ready for broadcast once its locks have passed.</summary>
    public Transaction Sign(IChannelSigner signer)
    {
        var inputs = ImmutableArray.CreateBuilder<TxIn>(Claims.Length);
        for (var i = 0; i < Claims.Length; i++)
        {
            inputs.Add(Transaction.Inputs[i] with { Witness = Claims[i].Witness(signer.SignClaim(Claims[i], Transaction, i)) });
        }

        return new Transaction(Transaction.Version, inputs.MoveToImmutable(), Transaction.Outputs, Transaction.LockTime);
    }
}
