using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;

namespace Lightning.Channels.OnChain;

/// <summary>The incoming HTLCs of a channel on chain that will never pay this node.</summary>
public static class LostHtlcs
{
    /// <summary>
    /// Whether an incoming HTLC is lost for good: the commitment on chain is final and has no output for it, or that output is spent by a transaction that is final. Before, a reorganisation may
    /// bring it back.
    /// </summary>
    /// <param name="state">The channel.</param>
    /// <param name="htlcId">The HTLC.</param>
    /// <param name="signer">The channel's.</param>
    /// <param name="environment">The best block's height.</param>
    public static bool Has(FundedState state, ulong htlcId, IChannelSigner signer, ChannelEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (state is Closed) return true;
        if (state is not States.Closing { Spend: { } spend } closing || !ChainView.IsFinal(spend.BlockHeight, environment)) return false;
        var commitment = ChainView.Commitment(closing, signer);
        // What a revoked commitment held is still to be found.
        if (commitment is null) return spend.Kind != SpendKind.RevokedCommitment;
        for (var index = 0; index < commitment.Outputs.Length; index++)
        {
            if (commitment.Outputs[index].Htlc is { } htlc && htlc.Id == htlcId && !ChainView.IsOffered(commitment, htlc))
                return closing.SpendOf(new OutPoint(commitment.TxId, (uint)index)) is { } taken && ChainView.IsFinal(taken.BlockHeight, environment);
        }

        return true;
    }
}
