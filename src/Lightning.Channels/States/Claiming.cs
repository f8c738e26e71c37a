using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.States;

/// <summary>
/// Takes what is this node's after a unilateral close (BOLT 5), one transaction for each output: their locks and their urgency differ, and a peer that takes one HTLC must not take the claims of
/// others with it. Claims are published at once, the shell publishing again what has to wait for a lock.
/// </summary>
internal static class Claiming
{
    /// <summary>Publishes what can be taken and is not being taken yet; what pays for no fee now is looked at again with every block.</summary>
    public static void Claim(Turn turn)
    {
        if (turn.State is not Closing { Spend: not null } closing) return;
        foreach (var target in Targets(closing, turn.Signer))
        {
            if (closing.SpendOf(target.OutPoint) is not null || closing.Attempts.Items.Any(attempt => attempt.Transaction.Inputs.Any(input => input.PreviousOutput == target.OutPoint))) continue;
            if (Make(turn, (Closing)turn.State, target) is not { } attempt) continue;
            turn.Record(new DurableEvent.ClaimPublished(attempt));
            turn.Act(new ChannelAction.Publish(attempt.Transaction, attempt.Purpose));
        }
    }

    /// <summary>Whether nobody waits for an output any more that nothing spends: an HTLC that this node cannot take, or one that is worth less than any fee, once it is expired for good.</summary>
    public static bool IsGivenUp(Turn turn, Closing closing, ChainOutput output)
    {
        var isExpired = output.Expiry is not { } expiry || turn.Environment.BlockHeight >= (long)expiry + turn.Config.ClosingDepth;
        if (!isExpired) return false;
        return Targets(closing, turn.Signer).FirstOrDefault(one => one.OutPoint == output.OutPoint) is not { } target
            || (target.Claim is { } claim && !ClaimTransaction.TryBuild([claim], closing.Parameters.ShutdownScript, FeeratePerKw.Floor, out _));
    }

    private static IEnumerable<Target> Targets(Closing closing, IChannelSigner signer)
    {
        var commitment = ChainView.Commitment(closing, signer);
        if (commitment is null)
        {
            if (ChainView.Unrebuilt(closing, signer) is { } balance) yield return new Target(balance, TransactionPurpose.Sweep);
            yield break;
        }

        switch (closing.Spend!.Kind)
        {
            case SpendKind.LocalCommitment:
                foreach (var claim in ClaimableOutputs.OfLocalCommitment(commitment)) yield return new Target(claim, TransactionPurpose.Sweep);
                var index = 0;
                foreach (var htlc in commitment.HtlcTransactions.OrderBy(static one => one.OutputIndex))
                {
                    // The peer's signatures are in the order of the outputs.
                    var theirs = closing.Commitments.Latest.LocalSignatures!.Htlcs[index++];
                    var preimage = htlc.IsSuccess ? Preimages.OfIncoming(closing, htlc.Htlc.Id) : null;
                    if (!htlc.IsSuccess || preimage is not null) yield return new Target(htlc, theirs, preimage);
                }

                break;
            case SpendKind.RevokedCommitment when closing.Commitments.Secrets.TryGet(closing.Spend.CommitmentNumber, out var secret):
                foreach (var claim in ClaimableOutputs.OfRevokedCommitment(commitment, secret)) yield return new Target(claim, TransactionPurpose.Penalty);
                break;
            default:
                foreach (var claim in ClaimableOutputs.OfRemoteCommitment(commitment, Preimages.All(closing)))
                {
                    yield return new Target(claim, claim.Kind switch
                    {
                        ClaimKind.HtlcPreimage => TransactionPurpose.HtlcSuccess,
                        ClaimKind.HtlcTimeout => TransactionPurpose.HtlcTimeout,
                        _ => TransactionPurpose.Sweep,
                    });
                }

                break;
        }

        foreach (var mined in closing.Spends.Items)
        {
            foreach (var claim in ChainView.SecondStage(closing, commitment, mined.Transaction).Outputs)
                yield return new Target(claim, claim.Kind == ClaimKind.Penalty ? TransactionPurpose.Penalty : TransactionPurpose.Sweep);
        }
    }

    // In a hurry where the amount pays for it, else as slowly as is relayed; null where it pays for nothing.
    private static ClaimAttempt? Make(Turn turn, Closing closing, Target target)
    {
        var fees = turn.Environment.Fees;
        if (target.Htlc is { } htlc)
        {
            var signed = htlc.Transaction.WithWitness(0, htlc.Witness(turn.Signer.SignHtlcTransaction(htlc, htlc.Transaction, 0), target.Theirs, target.Preimage));
            return Attempt(signed, htlc.Spent.Output.Value - signed.Outputs[0].Value, htlc.Commitment.Spec.Feerate);
        }

        foreach (var feerate in (ReadOnlySpan<FeeratePerKw>)[fees.Urgent, fees.MutualClose, fees.Minimum])
        {
            if (ClaimTransaction.TryBuild([target.Claim!], closing.Parameters.ShutdownScript, feerate, out var transaction)) return Attempt(transaction.Sign(turn.Signer), transaction.Fee, feerate);
        }

        return null;

        ClaimAttempt Attempt(Transaction transaction, Satoshi fee, FeeratePerKw feerate) =>
            new(closing.NextAttempt, transaction, target.Purpose, Parent: null, fee, feerate, Coins: [], turn.Environment.BlockHeight, Deadline: null);
    }

    /// <summary>An output that this node can take, with one signature or by an HTLC transaction of its own.</summary>
    private sealed class Target
    {
        public Target(ClaimableOutput claim, TransactionPurpose purpose) => (OutPoint, Purpose, Claim) = (claim.OutPoint, purpose, claim);

        public Target(HtlcTransaction htlc, EcdsaSignature theirs, PaymentPreimage? preimage)
        {
            OutPoint = htlc.Transaction.Inputs[0].PreviousOutput;
            Purpose = htlc.IsSuccess ? TransactionPurpose.HtlcSuccess : TransactionPurpose.HtlcTimeout;
            (Htlc, Theirs, Preimage) = (htlc, theirs, preimage);
        }

        public OutPoint OutPoint { get; }

        public TransactionPurpose Purpose { get; }

        public ClaimableOutput? Claim { get; }

        public HtlcTransaction? Htlc { get; }

        public EcdsaSignature Theirs { get; }

        public PaymentPreimage? Preimage { get; }
    }
}
