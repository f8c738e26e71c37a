using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Closing;

/// <summary>The transactions of closing_signed (BOLT 3 "Legacy Closing Transaction"): the opener pays the fee, outputs below a dust limit are left out.</summary>
public static class LegacyClosing
{
    private const uint Sequence = 0xFFFF_FFFF;

    /// <summary>Expected weight with both outputs, in weight units, for a fee to offer.</summary>
    public static int Weight(ClosingBalances balances) => ClosingWeight.Of(balances.LocalScript, balances.RemoteScript);

    /// <summary>Builds the transaction that a node signs for a fee.</summary>
    /// <param name="funding">What it spends.</param>
    /// <param name="balances">Who gets what.</param>
    /// <param name="localIsOpener">Whether we opened the channel and so pay the fee.</param>
    /// <param name="fee">fee_satoshis.</param>
    /// <param name="dustLimit">dust_limit_satoshis of the node that signs: an output below is left out.</param>
    /// <exception cref="ArgumentException">The opener cannot pay the fee, or no output is left.</exception>
    public static ClosingTransaction Build(ChannelFunding funding, ClosingBalances balances, bool localIsOpener, Satoshi fee, Satoshi dustLimit)
    {
        var (local, remote) = Amounts(balances, localIsOpener, fee);
        return new ClosingTransaction(
            funding,
            Sequence,
            lockTime: 0,
            local >= dustLimit && local > Satoshi.Zero ? new TxOut(local, balances.LocalScript) : null,
            remote >= dustLimit && remote > Satoshi.Zero ? new TxOut(remote, balances.RemoteScript) : null);
    }

    /// <summary>
    /// Finds which transaction a received closing_signed signs: that with the outputs not below our dust limit or the peer's, or one without the peer's own
    /// output, which it may always leave out.
    /// </summary>
    /// <param name="funding">What it spends.</param>
    /// <param name="balances">Who gets what.</param>
    /// <param name="localIsOpener">Whether we opened the channel and so pay the fee.</param>
    /// <param name="fee">fee_satoshis of the message.</param>
    /// <param name="localDustLimit">Our dust_limit_satoshis.</param>
    /// <param name="remoteDustLimit">The peer's dust_limit_satoshis.</param>
    /// <param name="remoteSignature">The signature of the message.</param>
    /// <param name="closing">The transaction it signs.</param>
    /// <returns>False where it signs none of them, or the opener cannot pay the fee.</returns>
    public static bool TryMatch(
        ChannelFunding funding,
        ClosingBalances balances,
        bool localIsOpener,
        Satoshi fee,
        Satoshi localDustLimit,
        Satoshi remoteDustLimit,
        in EcdsaSignature remoteSignature,
        [NotNullWhen(true)] out ClosingTransaction? closing)
    {
        closing = null;
        if (fee < Satoshi.Zero || fee > (localIsOpener ? balances.Local : balances.Remote).ToSatoshi()) return false;
        var (local, remote) = Amounts(balances, localIsOpener, fee);
        var ours = local > Satoshi.Zero ? new TxOut(local, balances.LocalScript) : null;
        var theirs = remote > Satoshi.Zero ? new TxOut(remote, balances.RemoteScript) : null;
        // Our output may only be missing where one of us calls it dust. The peer's may always be.
        var lower = Satoshi.Min(localDustLimit, remoteDustLimit);
        var higher = Satoshi.Max(localDustLimit, remoteDustLimit);
        foreach (var (withOurs, withTheirs) in (ReadOnlySpan<(bool, bool)>)[(true, true), (true, false), (false, true)])
        {
            if (withOurs ? ours is null || local < lower : local >= higher) continue;
            if (withTheirs && (theirs is null || remote < lower)) continue;
            var candidate = new ClosingTransaction(funding, Sequence, lockTime: 0, withOurs ? ours : null, withTheirs ? theirs : null);
            if (!candidate.VerifyRemote(remoteSignature)) continue;
            closing = candidate;
            return true;
        }

        return false;
    }

    private static (Satoshi Local, Satoshi Remote) Amounts(ClosingBalances balances, bool localIsOpener, Satoshi fee)
    {
        Satoshi local = balances.Local.ToSatoshi(), remote = balances.Remote.ToSatoshi();
        if (fee < Satoshi.Zero || fee > (localIsOpener ? local : remote)) throw new ArgumentException($"The opener cannot pay a fee of {fee}.", nameof(fee));
        return localIsOpener ? (local - fee, remote) : (local, remote - fee);
    }
}
