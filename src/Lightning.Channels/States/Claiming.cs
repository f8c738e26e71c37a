using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>Takes what is this node's after a unilateral close (BOLT 5): shows the planner what the chain and the channel hold, and does what it says.</summary>
internal static class Claiming
{
    /// <summary>Does what is to be done now: with every block, every fact and every answer.</summary>
    public static void Claim(Turn turn)
    {
        if (turn.State is Closing closing) Perform(turn, ClaimPlanner.Plan(Situation(turn, closing), turn.Environment, turn.Signer));
    }

    /// <summary>The wallet added coins to a claim.</summary>
    public static void Funded(Turn turn, Closing closing, ChannelCommand.ClaimFunded answer) =>
        Perform(turn, ClaimPlanner.Funded(Situation(turn, closing), answer, turn.Environment, turn.Signer));

    /// <summary>Something was heard of claims.</summary>
    public static void Hear(Turn turn, Closing closing, Func<ClaimsInFlight, ClaimsInFlight> heard) =>
        turn.Record(new TransientEvent.ClaimsFollowed(heard(closing.Transient.Claims)));

    /// <summary>
    /// Tells whether nobody waits any more for an output that nothing spends: an HTLC that this node cannot take, or one that is worth less than any fee, once it is expired for good. What this node
    /// can take is looked for once, whatever is asked.
    /// </summary>
    public static Func<ChainOutput, bool> GivenUp(Turn turn, Closing closing)
    {
        Dictionary<OutPoint, Claim>? claims = null;
        return output =>
        {
            if (output.Expiry is { } expiry && turn.Environment.BlockHeight < (long)expiry + turn.Config.ClosingDepth) return false;
            claims ??= ClaimFinder.Find(Sources(turn, closing), turn.Config).ToDictionary(static claim => claim.OutPoint);
            return !claims.TryGetValue(output.OutPoint, out var claim)
                || !ClaimPlanner.CanPay(new ClaimBatch([claim]), closing.SweepScript ?? closing.Parameters.ShutdownScript, turn.Environment);
        };
    }

    private static void Perform(Turn turn, ImmutableArray<ClaimStep> steps)
    {
        if (steps.IsEmpty) return;
        var claims = ((Closing)turn.State).Transient.Claims;
        foreach (var step in steps)
        {
            claims = claims.After(step);
            switch (step)
            {
                case ClaimStep.Publish publish:
                    turn.Record(new DurableEvent.ClaimPublished(publish.Attempt));
                    turn.Act(new ChannelAction.Publish(publish.Attempt.Transaction, publish.Attempt.Purpose, publish.Parent));
                    break;
                case ClaimStep.Drop drop:
                    turn.Record(new DurableEvent.ClaimsDropped([.. drop.Attempts.Select(static attempt => attempt.Number)]));
                    foreach (var attempt in drop.Attempts) GiveUp(turn, attempt);
                    break;
                case ClaimStep.Fund fund:
                    turn.Act(new ChannelAction.FundClaim(fund.Request.Number, fund.Request.Coins));
                    break;
                case ClaimStep.Release release:
                    turn.Act(new ChannelAction.ReleaseClaimCoins(release.Number));
                    break;
                case ClaimStep.AskScript:
                    turn.Act(new ChannelAction.RequestSweepScript());
                    break;
                default:
                    throw new InvalidOperationException($"Unknown step {step}.");
            }
        }

        turn.Record(new TransientEvent.ClaimsFollowed(claims));
    }

    /// <summary>An attempt is published no more.</summary>
    public static void GiveUp(Turn turn, ClaimAttempt attempt)
    {
        turn.Withdraw(attempt.Transaction.TxId);
        turn.Act(new ChannelAction.StopPublishing(attempt.Transaction.TxId));
        if (!attempt.Coins.IsEmpty) turn.Act(new ChannelAction.ReleaseClaimCoins(attempt.Number));
    }

    private static ClaimSituation Situation(Turn turn, Closing closing)
    {
        var sources = Sources(turn, closing);
        return new ClaimSituation
        {
            Claims = ClaimFinder.Find(sources, turn.Config),
            Spends = sources.Outputs.Where(static output => output.Spend is not null).ToDictionary(static output => output.OutPoint, static output => output.Spend!.Transaction.TxId),
            FundingSpend = closing.Spend is { } spend ? (spend.Transaction.TxId, ChainView.IsFinal(spend.BlockHeight, turn.Environment)) : null,
            Attempts = closing.Attempts,
            NextAttempt = closing.NextAttempt,
            SweepScript = closing.SweepScript,
            FallbackScript = closing.Parameters.ShutdownScript,
            InFlight = closing.Transient.Claims,
        };
    }

    private static ClaimSources Sources(Turn turn, Closing closing)
    {
        if (closing.Spend is not { } spend) return Unconfirmed(turn, closing);
        var commitment = ChainView.Commitment(closing, turn.Signer);
        return Known(closing) with
        {
            Outputs = ChainView.Of(closing, commitment, turn.Signer).RemoveAll(output => closing.LegacyResolved.Items.Contains(output.OutPoint)),
            Commitment = commitment,
            RevocationSecret = spend.Kind == SpendKind.RevokedCommitment && closing.Commitments.Secrets.TryGet(spend.CommitmentNumber, out var secret) ? secret : null,
            Found = ChainView.Unrebuilt(closing, turn.Signer) is { } balance ? [balance] : [],
        };
    }

    // The commitment that waits for a block: the peer's, where the mempool has it, else this node's.
    private static ClaimSources Unconfirmed(Turn turn, Closing closing)
    {
        if (closing.HasLostState) return new ClaimSources();
        if (closing.Transient.Claims.PeersCommitment is { } seen)
        {
            var theirs = ForceClosing.CurrentRemote(closing.Commitments) is { } current && current.TxId == seen.TxId ? current : ForceClosing.NextRemote(closing.Commitments);
            if (theirs?.TxId == seen.TxId) return Known(closing) with { Commitment = theirs, Unconfirmed = seen };
        }

        return closing.Broadcastable(turn) is { } ours ? Known(closing) with { Commitment = closing.Commitments.CurrentLocal(turn.Signer), Unconfirmed = ours } : new ClaimSources();
    }

    private static ClaimSources Known(Closing closing) => new()
    {
        Signatures = closing.Commitments.Latest.LocalSignatures,
        Preimages = Preimages.ById(closing),
        IncomingExpiries = closing.Commitments.Outgoing.Unacknowledged.Where(static entry => entry.Origin is HtlcOrigin.Relayed)
            .ToDictionary(static entry => entry.HtlcId!.Value, static entry => entry.RefuseFrom),
    };
}
