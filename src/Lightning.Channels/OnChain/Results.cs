using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Channels.OnChain;

/// <summary>What the chain says of the HTLCs that this node offered (BOLT 5): preimages at once, failures when they are irrevocable.</summary>
internal static class Results
{
    /// <summary>
    /// Takes the preimages that a transaction shows, in a block or in the mempool. Whoever made it, and however: a preimage that fits is a proof. It settles the HTLC whose output is spent, and
    /// those of that hash that have no output: their money is gone or came back, and the receiver has shown that it was paid. Also what failed upstream before: the incoming HTLC may still be there.
    /// </summary>
    public static void Learn(Turn turn, States.Closing closing, Transaction transaction)
    {
        var commitment = ChainView.Commitment(closing, turn.Signer);
        var learned = ImmutableArray.CreateBuilder<LearnedPreimage>();
        foreach (var input in transaction.Inputs)
        {
            if (input.PreviousOutput.TxId != closing.Spend?.Transaction.TxId) continue;
            var spent = OfferedBy(commitment, input.PreviousOutput);
            foreach (var entry in turn.State is FundedState now ? now.Commitments.Outgoing.Payable.ToList() : [])
            {
                var id = entry.HtlcId!.Value;
                if (learned.Any(one => one.HtlcId == id)) continue;
                if (HashOf(closing, id) is not { } hash || FindPreimage(input, hash) is not { } preimage) continue;
                if (spent?.Id == id || !HasOutput(commitment, id)) learned.Add(new LearnedPreimage(id, preimage, AttributionData: null));
            }
        }

        if (learned.Count == 0) return;
        foreach (var one in learned)
        {
            if (closing.Commitments.Outgoing.Find(one.HtlcId) is { } entry) turn.ActAtOnce(new ChannelAction.HtlcFulfilled(entry.Origin, one.Preimage, AttributionData: null));
        }

        turn.Record(new DurableEvent.PreimagesLearned(learned.ToImmutable()));
    }

    /// <summary>
    /// Fails what is lost: an HTLC without an output when the commitment on chain is final, or with its first confirmation where no valid commitment has an output for it; one with an output
    /// when that is spent for good without the preimage. Where this node cannot know what the commitment held nothing fails; where it may have forgotten what it knew, nothing without an output.
    /// </summary>
    public static void Fail(Turn turn)
    {
        if (turn.State is not States.Closing { Spend: { } spend } closing || spend.BlockHeight == 0) return;
        var open = closing.Commitments.Outgoing.Unacknowledged.Where(static entry => entry.Result is null).Select(static entry => entry.HtlcId!.Value).ToList();
        if (open.Count == 0) return;
        var commitment = ChainView.Commitment(closing, turn.Signer);
        if (commitment is null && spend.Kind != SpendKind.Mutual) return;
        var outputs = ChainView.Of(closing, commitment, turn.Signer);
        var mayHaveForgotten = closing.HasLostState || turn.Environment.Guarded;
        var isFinal = ChainView.IsFinal(spend.BlockHeight, turn.Environment);
        ImmutableArray<CommitmentTransaction?> valid =
            isFinal ? [] : [closing.Commitments.CurrentLocal(turn.Signer), ForceClosing.CurrentRemote(closing.Commitments), ForceClosing.NextRemote(closing.Commitments)];
        var isGivenUp = Claiming.GivenUp(turn, closing);
        ImmutableArray<ulong> failed =
        [
            .. open.Where(id => Find(id) is { } output
                ? output.Spend is { } taken ? ChainView.IsFinal(taken.BlockHeight, turn.Environment) && !ShowsPreimage(output, taken) : isGivenUp(output)
                : !mayHaveForgotten && (isFinal || !valid.Any(one => HasOutput(one, id)))),
        ];
        GiveUp(turn, failed);

        ChainOutput? Find(ulong id)
        {
            for (var index = 0; index < (commitment?.Outputs.Length ?? 0); index++)
            {
                if (commitment!.Outputs[index].Htlc is { } htlc && htlc.Id == id && ChainView.IsOffered(commitment, htlc)) return outputs[index];
            }

            return null;
        }
    }

    /// <summary>Fails outgoing HTLCs for good.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="htlcs">Their ids; perhaps none.</param>
    public static void GiveUp(Turn turn, ImmutableArray<ulong> htlcs)
    {
        if (htlcs.IsEmpty) return;
        turn.Record(new DurableEvent.HtlcsFailedOnChain(htlcs));
        foreach (var id in htlcs)
        {
            if (((FundedState)turn.State).Commitments.Outgoing.Find(id) is { Result: HtlcResult.Failed lost } entry) turn.Act(new ChannelAction.HtlcFailed(entry.Origin, lost.Failure));
        }
    }

    private static bool ShowsPreimage(ChainOutput output, MinedSpend spend)
    {
        foreach (var input in spend.Transaction.Inputs)
        {
            if (input.PreviousOutput == output.OutPoint) return FindPreimage(input, output.Hash!.Value) is not null;
        }

        return false;
    }

    private static CommittedHtlc? OfferedBy(CommitmentTransaction? commitment, OutPoint output)
    {
        if (commitment is null || output.TxId != commitment.TxId || output.Index >= commitment.Outputs.Length) return null;
        return commitment.Outputs[(int)output.Index].Htlc is { } htlc && ChainView.IsOffered(commitment, htlc) ? htlc : null;
    }

    private static bool HasOutput(CommitmentTransaction? commitment, ulong id)
    {
        foreach (var output in commitment?.Outputs ?? [])
        {
            if (output.Htlc is { } htlc && htlc.Id == id && ChainView.IsOffered(commitment!, htlc)) return true;
        }

        return false;
    }

    // The payment hash of an HTLC that this node offered, in whichever commitment it is.
    private static PaymentHash? HashOf(States.Closing closing, ulong id)
    {
        var latest = closing.Commitments.Latest;
        return (latest.LocalSpec.Find(HtlcDirection.Offered, id)
            ?? latest.RemoteSpec.Find(HtlcDirection.Received, id)
            ?? latest.NextRemoteSpec?.Find(HtlcDirection.Received, id)
            ?? closing.RevokedSpec?.Find(HtlcDirection.Received, id))?.PaymentHash;
    }

    /// <summary>The preimage of a hash that an input shows; null where it shows none.</summary>
    public static PaymentPreimage? FindPreimage(TxIn input, PaymentHash hash)
    {
        foreach (var item in input.Witness.Stack)
        {
            if (item.Length != Bytes32.Size) continue;
            var preimage = new PaymentPreimage(new Bytes32(item.Span));
            if (preimage.Hash == hash) return preimage;
        }

        return null;
    }
}
