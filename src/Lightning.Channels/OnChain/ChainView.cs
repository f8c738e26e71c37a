using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.OnChain;

/// <summary>What the chain holds for a channel, derived from the facts that it has journaled: nothing of it is kept.</summary>
internal static class ChainView
{
    /// <summary>Whether what a block of this height holds is taken as final: no reorganisation is reckoned with any more.</summary>
    /// <param name="height">The height; 0 for one that is not known.</param>
    /// <param name="environment">The best block's height.</param>
    public static bool IsFinal(uint height, ChannelEnvironment environment) => IsFinal(height, environment.BlockHeight, environment.Config);

    /// <summary>The same, with the height of the best block.</summary>
    public static bool IsFinal(uint height, uint best, ChannelConfig config) => height > 0 && best + 1 >= (long)height + config.ClosingDepth;

    /// <summary>The commitment on chain; null where there is none, or it cannot be rebuilt.</summary>
    public static CommitmentTransaction? Commitment(States.Closing closing, IChannelSigner signer) => closing.Spend?.Kind switch
    {
        SpendKind.LocalCommitment => closing.Commitments.CurrentLocal(signer),
        SpendKind.RemoteCommitment => ForceClosing.CurrentRemote(closing.Commitments),
        SpendKind.NextRemoteCommitment => ForceClosing.NextRemote(closing.Commitments),
        SpendKind.RevokedCommitment when closing.RevokedSpec is { } spec => Revoked(closing, spec),
        _ => null,
    };

    /// <summary>Whether a specification is that of the revoked commitment on chain.</summary>
    public static bool IsRevoked(States.Closing closing, CommitmentSpec spec) => closing.Spend is { } spend && Revoked(closing, spec)?.TxId == spend.Transaction.TxId;

    /// <summary>The outputs of the commitment on chain, then those of HTLC transactions, in the order of their transactions; empty before the funding output is spent.</summary>
    public static ImmutableArray<ChainOutput> Of(States.Closing closing, IChannelSigner signer) => Of(closing, Commitment(closing, signer), signer);

    /// <summary>The same, where the commitment is rebuilt already.</summary>
    public static ImmutableArray<ChainOutput> Of(States.Closing closing, CommitmentTransaction? commitment, IChannelSigner signer)
    {
        if (closing.Spend is not { } spend) return [];
        var outputs = ImmutableArray.CreateBuilder<ChainOutput>();
        var transaction = spend.Transaction;
        var ours = commitment is null ? Unrebuilt(closing, signer)?.OutPoint : null;
        for (var index = 0; index < transaction.Outputs.Length; index++)
        {
            var outPoint = new OutPoint(transaction.TxId, (uint)index);
            var known = commitment is not null && index < commitment.Outputs.Length ? commitment.Outputs[index] : null;
            var kind = known is not null ? KindOf(commitment!, known, spend.Kind)
                : outPoint != ours ? ChainOutputKind.Theirs
                : spend.Kind == SpendKind.OtherLocalCommitment ? ChainOutputKind.OurDelayed
                : ChainOutputKind.OurBalance;
            outputs.Add(new ChainOutput(outPoint, transaction.Outputs[index], kind, spend.BlockHeight, known?.Htlc?.Id, known?.Htlc?.PaymentHash, known?.Htlc?.CltvExpiry, closing.SpendOf(outPoint)));
        }

        if (commitment is null) return outputs.DrainToImmutable();
        foreach (var mined in closing.Spends)
        {
            var (kind, second) = SecondStage(closing, commitment, mined.Transaction);
            foreach (var claim in second)
                outputs.Add(new ChainOutput(claim.OutPoint, claim.Output, kind, mined.BlockHeight, HtlcId: null, Hash: null, Expiry: null, closing.SpendOf(claim.OutPoint)));
        }

        return outputs.DrainToImmutable();
    }

    /// <summary>What of a transaction that spends HTLC outputs is this node's: after the delay, or of a cheater's at once.</summary>
    public static (ChainOutputKind Kind, ImmutableArray<ClaimableOutput> Outputs) SecondStage(States.Closing closing, CommitmentTransaction commitment, Transaction transaction) => closing.Spend!.Kind switch
    {
        SpendKind.LocalCommitment => (ChainOutputKind.OurDelayed, ClaimableOutputs.OfLocalHtlcTransaction(commitment, transaction)),
        SpendKind.RevokedCommitment when closing.Commitments.Secrets.TryGet(closing.Spend.CommitmentNumber, out var secret) =>
            (ChainOutputKind.RevokedSecondStage, ClaimableOutputs.OfRevokedHtlcTransaction(commitment, transaction, secret)),
        _ => (ChainOutputKind.Theirs, []),
    };

    /// <summary>This node's balance in a commitment that cannot be rebuilt; null where there is none.</summary>
    public static ClaimableOutput? Unrebuilt(States.Closing closing, IChannelSigner signer) => closing.Spend switch
    {
        { Kind: SpendKind.OtherLocalCommitment } spend =>
            ClaimableOutputs.FindToLocal(spend.Transaction, closing.Commitments.LocalTerms, signer.PerCommitmentPoint(spend.CommitmentNumber)),
        { Kind: SpendKind.FutureRemoteCommitment or SpendKind.Unknown } spend =>
            ClaimableOutputs.FindToRemote(spend.Transaction, closing.Commitments.Latest.Format, closing.Parameters.Local.Basepoints.Payment),
        _ => null,
    };

    /// <summary>Whether a spend of the output matters: it decides about money of this node, or may show a preimage.</summary>
    public static bool IsFollowed(States.Closing closing, ChainOutput output) => output.Kind switch
    {
        // What this node paid with its coins is in no other transaction, also in one that it has given up since.
        ChainOutputKind.OurAnchor => closing.PaidFor.Items.Contains(output.OutPoint.TxId),
        // Of a commitment that cannot be rebuilt any output may be an HTLC's.
        ChainOutputKind.Theirs => closing.Spend?.Kind is SpendKind.FutureRemoteCommitment or SpendKind.OtherLocalCommitment,
        _ => true,
    };

    /// <summary>Whether this node offered an HTLC of a commitment.</summary>
    public static bool IsOffered(CommitmentTransaction commitment, CommittedHtlc htlc) =>
        htlc.Direction == (commitment.Terms.Owner == CommitmentOwner.Local ? HtlcDirection.Offered : HtlcDirection.Received);

    private static ChainOutputKind KindOf(CommitmentTransaction commitment, CommitmentOutput output, SpendKind spend)
    {
        var isOurs = commitment.Terms.Owner == CommitmentOwner.Local;
        var isRevoked = spend == SpendKind.RevokedCommitment;
        return output.Kind switch
        {
            CommitmentOutputKind.ToLocal => isOurs ? ChainOutputKind.OurDelayed : isRevoked ? ChainOutputKind.RevokedBalance : ChainOutputKind.Theirs,
            CommitmentOutputKind.ToRemote => isOurs ? ChainOutputKind.Theirs : ChainOutputKind.OurBalance,
            CommitmentOutputKind.ToLocalAnchor => isOurs ? ChainOutputKind.OurAnchor : ChainOutputKind.Theirs,
            CommitmentOutputKind.ToRemoteAnchor => isOurs ? ChainOutputKind.Theirs : ChainOutputKind.OurAnchor,
            _ => isRevoked ? ChainOutputKind.RevokedHtlc : IsOffered(commitment, output.Htlc!) ? ChainOutputKind.OfferedHtlc : ChainOutputKind.ReceivedHtlc,
        };
    }

    private static CommitmentTransaction? Revoked(States.Closing closing, CommitmentSpec spec)
    {
        var commitments = closing.Commitments;
        if (!spec.IsCovered() || spec.Total != commitments.Latest.Funding.Capacity.ToMilliSatoshi()) return null;
        if (!commitments.Secrets.TryGet(closing.Spend!.CommitmentNumber, out var secret)) return null;
        using var key = Bitcoin.Crypto.Key.FromBytes(secret.Span);
        return commitments.Remote(commitments.Latest, spec, closing.Spend.CommitmentNumber, key.PubKey);
    }
}
