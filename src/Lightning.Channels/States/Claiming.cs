using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.States;

/// <summary>
/// Takes what is this node's after a unilateral close, learns preimages from the chain and fails what is lost (BOLT 5). Claims are published at once, the
/// shell publishing again what has to wait for a lock.
/// </summary>
internal static class Claiming
{
    /// <summary>Publishes what can be taken and is not taken yet, and watches what decides about HTLCs.</summary>
    public static void Claim(Turn turn, Closing closing)
    {
        if (closing.Spend is null) return;
        var taken = new HashSet<OutPoint>();
        foreach (var claim in closing.Claims)
        {
            foreach (var input in claim.Inputs) taken.Add(input.PreviousOutput);
        }

        var transactions = ImmutableArray.CreateBuilder<Transaction>();
        var actions = new List<ChannelAction>();
        var outputs = new HashSet<OutPoint>();
        var commitment = Rebuild(closing, turn.Signer);
        switch (closing.Spend.Kind)
        {
            case SpendKind.LocalCommitment when commitment is not null:
                Sweep(ClaimableOutputs.OfLocalCommitment(commitment), TransactionPurpose.Sweep);
                foreach (var htlc in commitment.HtlcTransactions) Take(htlc);
                break;
            case SpendKind.RemoteCommitment or SpendKind.NextRemoteCommitment when commitment is not null:
                foreach (var claim in ClaimableOutputs.OfRemoteCommitment(commitment, Preimages.All(closing)))
                {
                    // One by one: their locks and their urgency differ.
                    Sweep([claim], claim.Kind switch
                    {
                        ClaimKind.HtlcPreimage => TransactionPurpose.HtlcSuccess,
                        ClaimKind.HtlcTimeout => TransactionPurpose.HtlcTimeout,
                        _ => TransactionPurpose.Sweep,
                    });
                }

                break;
            case SpendKind.RevokedCommitment when commitment is not null && closing.Commitments.Secrets.TryGet(closing.Spend.CommitmentNumber, out var secret):
                // One by one: the peer may spend any HTLC output first, and must not take the others with it.
                foreach (var claim in ClaimableOutputs.OfRevokedCommitment(commitment, secret)) Sweep([claim], TransactionPurpose.Penalty);
                break;
            case SpendKind.FutureRemoteCommitment or SpendKind.Unknown:
                if (ClaimableOutputs.FindToRemote(closing.Spend.Transaction, closing.Commitments.Latest.Format, closing.Parameters.Local.Basepoints.Payment) is { } balance) Sweep([balance], TransactionPurpose.Sweep);
                break;
            case SpendKind.OtherLocalCommitment:
                var point = turn.Signer.PerCommitmentPoint(closing.Spend.CommitmentNumber);
                if (ClaimableOutputs.FindToLocal(closing.Spend.Transaction, closing.Commitments.LocalTerms, point) is { } delayed) Sweep([delayed], TransactionPurpose.Sweep);
                break;
            default:
                break;
        }

        // The outputs of HTLCs that this node offered: a preimage in their spend is owed upstream.
        if (commitment is not null && closing.Spend.Kind != SpendKind.Mutual)
        {
            for (var index = 0; index < commitment.Outputs.Length; index++)
            {
                if (commitment.Outputs[index].Htlc is not null) outputs.Add(new OutPoint(commitment.TxId, (uint)index));
            }
        }

        outputs.ExceptWith(closing.Unresolved.Items);
        if (!closing.Claims.IsEmpty || !closing.Unresolved.IsEmpty) outputs.IntersectWith(transactions.SelectMany(static one => one.Inputs).Select(static input => input.PreviousOutput));
        if (transactions.Count == 0 && outputs.Count == 0) return;
        turn.Record(new DurableEvent.ClaimsMade(transactions.ToImmutable(), [.. outputs.Order()]));
        foreach (var action in actions) turn.Act(action);
        foreach (var output in outputs.Order()) ((Closing)turn.State).Watch(turn, output);

        void Sweep(ImmutableArray<ClaimableOutput> claims, TransactionPurpose purpose)
        {
            claims = claims.RemoveAll(claim => taken.Contains(claim.OutPoint));
            if (claims.IsEmpty || Build(turn, closing, claims) is not { } transaction) return;
            Add(transaction, purpose);
            foreach (var claim in claims) outputs.Add(claim.OutPoint);
        }

        void Take(HtlcTransaction htlc)
        {
            if (taken.Contains(htlc.Transaction.Inputs[0].PreviousOutput)) return;
            var preimage = htlc.IsSuccess ? Preimages.OfIncoming(closing, htlc.Htlc.Id) : null;
            if (htlc.IsSuccess && preimage is null) return;
            var theirs = closing.Commitments.Latest.LocalSignatures!.Htlcs[closing.Commitments.IndexOf(htlc)];
            var ours = turn.Signer.SignHtlcTransaction(htlc, htlc.Transaction, 0);
            Add(htlc.Transaction.WithWitness(0, htlc.Witness(ours, theirs, preimage)), htlc.IsSuccess ? TransactionPurpose.HtlcSuccess : TransactionPurpose.HtlcTimeout);
        }

        void Add(Transaction transaction, TransactionPurpose purpose)
        {
            transactions.Add(transaction);
            actions.Add(new ChannelAction.Publish(transaction, purpose));
        }
    }

    /// <summary>Whether a specification is that of the revoked commitment on chain.</summary>
    public static bool IsRevoked(Closing closing, CommitmentSpec spec) => closing.Spend is { } spend && Revoked(closing, spec)?.TxId == spend.Transaction.TxId;

    /// <summary>A watched output is spent: a preimage goes up at once; the rest waits for depth.</summary>
    public static void OutputSpent(Turn turn, Closing closing, Transaction transaction)
    {
        var commitment = Rebuild(closing, turn.Signer);
        var learned = ImmutableArray.CreateBuilder<LearnedPreimage>();
        foreach (var input in transaction.Inputs)
        {
            if (commitment is null || OfferedBy(commitment, input.PreviousOutput) is not { } htlc) continue;
            if (closing.Commitments.Outgoing.Find(htlc.Id) is not { Result: not HtlcResult.Fulfilled }) continue;
            // Whoever spent it and how: a preimage that fits is a proof.
            if (FindPreimage(input, htlc.PaymentHash) is { } preimage) learned.Add(new LearnedPreimage(htlc.Id, preimage, AttributionData: null));
        }

        if (learned.Count > 0)
        {
            foreach (var one in learned)
            {
                if (closing.Commitments.Outgoing.Find(one.HtlcId) is { } entry) turn.ActAtOnce(new ChannelAction.HtlcFulfilled(entry.Origin, one.Preimage, AttributionData: null));
            }

            turn.Record(new DurableEvent.PreimagesLearned(learned.ToImmutable()));
        }

        turn.Act(new ChannelAction.WatchConfirmed(transaction, turn.Config.ClosingDepth));
    }

    /// <summary>A transaction is deep enough.</summary>
    public static void Confirmed(Turn turn, Closing closing, ChannelCommand.TransactionConfirmed confirmed)
    {
        if (closing.Spend is null || (closing.ConfirmedAt is null && ForceClosing.SpendsFunding(closing, confirmed.Transaction) && closing.Spend.Transaction.TxId != confirmed.Transaction.TxId))
        {
            // Another transaction than the one seen first was confirmed.
            ForceClosing.FundingSpent(turn, closing, confirmed.Transaction, confirmed.BlockHeight);
            closing = (Closing)turn.State;
        }

        if (closing.Spend is null) return;
        if (closing.ConfirmedAt is null && closing.Spend.Transaction.TxId == confirmed.Transaction.TxId)
        {
            turn.Record(new DurableEvent.SpendConfirmed(confirmed.Transaction.TxId, confirmed.BlockHeight));
            FailLost(turn);
        }

        Resolve(turn, confirmed.Transaction);
        Finish(turn);
    }

    /// <summary>A revoked commitment is known again: where it is deep enough already, what waited for that happens.</summary>
    public static void Rebuilt(Turn turn)
    {
        if (turn.State is not Closing { ConfirmedAt: not null }) return;
        FailLost(turn);
        Finish(turn);
    }

    // HTLCs that this node offered and that have no output in the confirmed commitment can never be claimed by the peer.
    private static void FailLost(Turn turn)
    {
        var closing = (Closing)turn.State;
        // Of a commitment that this node does not know nobody can say what is missing; nor may a state that is old.
        if (closing.HasLostState || closing.Spend?.Kind is SpendKind.Unknown || (closing.Spend?.Kind is SpendKind.RevokedCommitment && closing.RevokedSpec is null)) return;
        var commitment = Rebuild(closing, turn.Signer);
        var alive = new HashSet<ulong>();
        foreach (var output in commitment?.Outputs ?? [])
        {
            if (output.Htlc is { } htlc && IsOffered(commitment!, htlc)) alive.Add(htlc.Id);
        }

        Fail(turn, [.. closing.Commitments.Outgoing.Unacknowledged.Where(entry => entry.Result is null && !alive.Contains(entry.HtlcId!.Value)).Select(static entry => entry.HtlcId!.Value)]);
    }

    private static void Fail(Turn turn, ImmutableArray<ulong> ids)
    {
        if (ids.IsEmpty) return;
        turn.Record(new DurableEvent.HtlcsFailedOnChain(ids));
        foreach (var id in ids)
        {
            if (((Closing)turn.State).Commitments.Outgoing.Find(id) is { Result: HtlcResult.Failed failed } entry) turn.Act(new ChannelAction.HtlcFailed(entry.Origin, failed.Failure));
        }
    }

    private static void Resolve(Turn turn, Transaction transaction)
    {
        var closing = (Closing)turn.State;
        var commitment = Rebuild(closing, turn.Signer);
        var resolved = ImmutableArray.CreateBuilder<OutPoint>();
        var failed = ImmutableArray.CreateBuilder<ulong>();
        foreach (var input in transaction.Inputs)
        {
            if (!closing.Unresolved.Items.Contains(input.PreviousOutput)) continue;
            resolved.Add(input.PreviousOutput);
            if (commitment is null || OfferedBy(commitment, input.PreviousOutput) is not { } htlc) continue;
            // Spent for good and without the preimage: timed out.
            if (closing.Commitments.Outgoing.Find(htlc.Id) is { Result: null } && FindPreimage(input, htlc.PaymentHash) is null) failed.Add(htlc.Id);
        }

        if (resolved.Count == 0) return;
        turn.Record(new DurableEvent.OutputsResolved(resolved.ToImmutable()));
        Fail(turn, failed.ToImmutable());
        if (commitment is null || !resolved.Any(one => one.TxId == commitment.TxId)) return;
        // The outputs of HTLC transactions: this node's after the delay, or, of a revoked commitment, at once.
        var claims = closing.Spend!.Kind switch
        {
            SpendKind.LocalCommitment => ClaimableOutputs.OfLocalHtlcTransaction(commitment, transaction),
            SpendKind.RevokedCommitment when closing.Commitments.Secrets.TryGet(closing.Spend.CommitmentNumber, out var secret) => ClaimableOutputs.OfRevokedHtlcTransaction(commitment, transaction, secret),
            _ => [],
        };
        foreach (var claim in claims)
        {
            if (Build(turn, closing, [claim]) is not { } signed) continue;
            turn.Record(new DurableEvent.ClaimsMade([signed], [claim.OutPoint]));
            turn.Act(new ChannelAction.Publish(signed, claim.Kind == ClaimKind.Penalty ? TransactionPurpose.Penalty : TransactionPurpose.Sweep));
            turn.Act(new ChannelAction.WatchOutputSpent(claim.OutPoint, claim.Output.ScriptPubKey));
        }
    }

    private static void Finish(Turn turn)
    {
        if (turn.State is not Closing { ConfirmedAt: not null, Unresolved.IsEmpty: true } closing) return;
        if (closing.Spend?.Kind == SpendKind.RevokedCommitment && closing.RevokedSpec is null) return;
        turn.Record(new DurableEvent.ChannelClosed(closing.Reason));
        turn.Act(new ChannelAction.ReportClosed(closing.Reason));
    }

    /// <summary>
    /// What nobody takes does not keep a channel for ever: an HTLC that is worth less than its fee, once it is expired and final. Failed upstream, it can
    /// cost this node no more than that.
    /// </summary>
    public static void GiveUp(Turn turn, Closing closing)
    {
        if (closing is not { ConfirmedAt: not null, Unresolved.IsEmpty: false } || Rebuild(closing, turn.Signer) is not { } commitment) return;
        var abandoned = ImmutableArray.CreateBuilder<OutPoint>();
        var failed = ImmutableArray.CreateBuilder<ulong>();
        foreach (var output in closing.Unresolved)
        {
            if (output.TxId != commitment.TxId || commitment.Outputs[(int)output.Index].Htlc is not { } htlc) continue;
            if (turn.Environment.BlockHeight < (long)htlc.CltvExpiry + turn.Config.ClosingDepth || IsTaken(closing, output)) continue;
            abandoned.Add(output);
            if (IsOffered(commitment, htlc) && closing.Commitments.Outgoing.Find(htlc.Id) is { Result: null }) failed.Add(htlc.Id);
        }

        if (abandoned.Count == 0) return;
        turn.Record(new DurableEvent.OutputsResolved(abandoned.ToImmutable()));
        Fail(turn, failed.ToImmutable());
        Finish(turn);
    }

    private static bool IsTaken(Closing closing, OutPoint output)
    {
        foreach (var claim in closing.Claims)
        {
            foreach (var input in claim.Inputs)
            {
                if (input.PreviousOutput == output) return true;
            }
        }

        return false;
    }

    // In a hurry where the amount pays for it, else as slowly as is relayed; null where it pays for nothing.
    private static Transaction? Build(Turn turn, Closing closing, ImmutableArray<ClaimableOutput> claims)
    {
        var fees = turn.Environment.Fees;
        foreach (var feerate in (ReadOnlySpan<FeeratePerKw>)[fees.Urgent, fees.MutualClose, fees.Minimum])
        {
            if (ClaimTransaction.TryBuild(claims, closing.Parameters.ShutdownScript, feerate, out var transaction)) return transaction.Sign(turn.Signer);
        }

        return null;
    }

    /// <summary>The commitment on chain; null where it cannot be rebuilt.</summary>
    public static CommitmentTransaction? Rebuild(Closing closing, IChannelSigner signer) => closing.Spend?.Kind switch
    {
        SpendKind.LocalCommitment => closing.Commitments.CurrentLocal(signer),
        SpendKind.RemoteCommitment => ForceClosing.CurrentRemote(closing.Commitments),
        SpendKind.NextRemoteCommitment => ForceClosing.NextRemote(closing.Commitments),
        SpendKind.RevokedCommitment when closing.RevokedSpec is { } spec => Revoked(closing, spec),
        _ => null,
    };

    private static CommitmentTransaction? Revoked(Closing closing, CommitmentSpec spec)
    {
        var commitments = closing.Commitments;
        if (!spec.IsCovered() || spec.Total != commitments.Latest.Funding.Capacity.ToMilliSatoshi()) return null;
        if (!commitments.Secrets.TryGet(closing.Spend!.CommitmentNumber, out var secret)) return null;
        using var key = Bitcoin.Crypto.Key.FromBytes(secret.Span);
        return commitments.Remote(commitments.Latest, spec, closing.Spend.CommitmentNumber, key.PubKey);
    }

    // The HTLC of an output, if this node offered it.
    private static CommittedHtlc? OfferedBy(CommitmentTransaction commitment, OutPoint output)
    {
        if (output.TxId != commitment.TxId || output.Index >= commitment.Outputs.Length) return null;
        return commitment.Outputs[(int)output.Index].Htlc is { } htlc && IsOffered(commitment, htlc) ? htlc : null;
    }

    /// <summary>Whether this node offered an HTLC of a commitment.</summary>
    public static bool IsOffered(CommitmentTransaction commitment, CommittedHtlc htlc) =>
        htlc.Direction == (commitment.Terms.Owner == CommitmentOwner.Local ? HtlcDirection.Offered : HtlcDirection.Received);

    private static PaymentPreimage? FindPreimage(TxIn input, PaymentHash hash)
    {
        foreach (var item in input.Witness.Stack)
        {
            if (item.Length != Bytes32.Size) continue;
            var preimage = new PaymentPreimage(new Bytes32(item.Span));
            if (preimage.Hash == hash) return preimage;
        }

        return null;
    }

    // HTLC transactions and the peer's signatures of them are in the order of the outputs.
    private static int IndexOf(this ChannelCommitments commitments, HtlcTransaction htlc)
    {
        _ = commitments;
        var index = 0;
        foreach (var one in htlc.Commitment.HtlcTransactions)
        {
            if (one.OutputIndex < htlc.OutputIndex) index++;
        }

        return index;
    }
}
