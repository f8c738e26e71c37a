using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Fees;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Closing;

/// <summary>
/// The transactions of closing_complete and closing_sig, option_simple_close (BOLT 3 "Closing Transaction", BOLT 2): the closer pays the fee and each
/// side drops its own output or the other's dust.
/// </summary>
public static class SimpleClosing
{
    private const uint Sequence = 0xFFFF_FFFD;

    /// <summary>Expected weight with both outputs, in weight units, for a fee to offer.</summary>
    public static int Weight(ClosingBalances balances) => ClosingWeight.Of(balances.LocalScript, balances.RemoteScript);

    /// <summary>Builds one variant.</summary>
    /// <param name="funding">What it spends.</param>
    /// <param name="balances">Who gets what, with the scripts of the message.</param>
    /// <param name="closer">Who sent closing_complete and pays the fee.</param>
    /// <param name="variant">Which outputs it has.</param>
    /// <param name="fee">fee_satoshis.</param>
    /// <param name="lockTime">locktime of the message.</param>
    /// <exception cref="ArgumentException">The closer cannot pay the fee.</exception>
    public static ClosingTransaction Build(
        ChannelFunding funding, ClosingBalances balances, CommitmentOwner closer, SimpleClosingVariant variant, Satoshi fee, uint lockTime)
    {
        var (closerOutput, closeeOutput) = Outputs(balances, closer, fee);
        var closerKept = variant == SimpleClosingVariant.CloseeOutputOnly ? null : closerOutput;
        var closeeKept = variant == SimpleClosingVariant.CloserOutputOnly ? null : closeeOutput;
        return closer == CommitmentOwner.Local
            ? new ClosingTransaction(funding, Sequence, lockTime, local: closerKept, remote: closeeKept)
            : new ClosingTransaction(funding, Sequence, lockTime, local: closeeKept, remote: closerKept);
    }

    /// <summary>The variants that a closer must sign in closing_complete.</summary>
    /// <param name="balances">Who gets what; we are the closer.</param>
    /// <param name="fee">fee_satoshis.</param>
    /// <returns>Never empty. The fee must leave one output that is not dust: see <see cref="DustThreshold"/>.</returns>
    /// <exception cref="ArgumentException">The closer cannot pay the fee.</exception>
    public static ImmutableArray<SimpleClosingVariant> VariantsToSign(ClosingBalances balances, Satoshi fee)
    {
        var (closer, closee) = Outputs(balances, CommitmentOwner.Local, fee);
        if (balances.Local < balances.Remote)
        {
            // The lesser side may drop its own output, and must where it is dust.
            return IsDust(closer) ? [SimpleClosingVariant.CloseeOutputOnly] : [SimpleClosingVariant.CloserAndCloseeOutputs];
        }

        return IsDust(closee)
            ? [SimpleClosingVariant.CloserOutputOnly]
            : [SimpleClosingVariant.CloserOutputOnly, SimpleClosingVariant.CloserAndCloseeOutputs];
    }

    /// <summary>Which signature of a received closing_complete the closee must use.</summary>
    /// <param name="balances">Who gets what; the peer is the closer.</param>
    /// <param name="fee">fee_satoshis.</param>
    /// <param name="hasBothOutputs">Whether closer_and_closee_outputs is present.</param>
    /// <returns>The variant; where its signature is missing from the message, the message is invalid.</returns>
    /// <exception cref="ArgumentException">The closer cannot pay the fee.</exception>
    public static SimpleClosingVariant VariantToUse(ClosingBalances balances, Satoshi fee, bool hasBothOutputs)
    {
        var (_, closee) = Outputs(balances, CommitmentOwner.Remote, fee);
        if (IsDust(closee)) return SimpleClosingVariant.CloserOutputOnly;
        return hasBothOutputs ? SimpleClosingVariant.CloserAndCloseeOutputs : SimpleClosingVariant.CloseeOutputOnly;
    }

    private static (TxOut Closer, TxOut Closee) Outputs(ClosingBalances balances, CommitmentOwner closer, Satoshi fee)
    {
        var (closerBalance, closerScript, closeeBalance, closeeScript) = closer == CommitmentOwner.Local
            ? (balances.Local, balances.LocalScript, balances.Remote, balances.RemoteScript)
            : (balances.Remote, balances.RemoteScript, balances.Local, balances.LocalScript);
        if (fee < Satoshi.Zero || fee > closerBalance.ToSatoshi()) throw new ArgumentException($"The closer cannot pay a fee of {fee} from {closerBalance}.", nameof(fee));
        return (Output(closerBalance.ToSatoshi() - fee, closerScript), Output(closeeBalance.ToSatoshi(), closeeScript));
    }

    // What goes to an OP_RETURN would be burnt: the output is 0 and the amount goes to fees.
    private static TxOut Output(Satoshi amount, Script script) => new(ShutdownScript.IsOpReturn(script) ? Satoshi.Zero : amount, script);

    private static bool IsDust(TxOut output) => output.Value < DustThreshold.Of(output.ScriptPubKey);
}
