using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <content>What is done when the chain, the wallet or somebody else says something.</content>
public sealed partial record Closing
{
    /// <summary>The chain has said something new: watches and takes what is this node's.</summary>
    internal void OnSpend(Turn turn, ImmutableArray<ChainOutput> before)
    {
        if (Spend?.Kind == SpendKind.RevokedCommitment && RevokedSpec is null) turn.Act(new ChannelAction.FindRevokedCommitment(Spend.CommitmentNumber));
        WatchNew(turn, before);
        PublishAttempts(turn, before);
        Proceed(turn);
    }

    /// <summary>A preimage of an incoming HTLC came late: it still takes the HTLC.</summary>
    internal void OnPreimage(Turn turn) => Claiming.Claim(turn);

    internal override void Resume(Turn turn)
    {
        // What an earlier incarnation asked for and did not use.
        turn.Act(new ChannelAction.ReleaseClaimCoins(NextAttempt, AndLater: true));
        GoOn(turn);
    }

    /// <summary>Watches what there is, and publishes what was not mined; also where a reorganisation has undone the end of the channel.</summary>
    internal void GoOn(Turn turn)
    {
        Watching.Funding(turn, this);
        Watching.Htlcs(turn, Commitments, LiveIncoming(turn.Signer).Contains);
        if (Spend is null)
        {
            PublishCommitment(turn);
            return;
        }

        if (Spend.Kind == SpendKind.RevokedCommitment && RevokedSpec is null) turn.Act(new ChannelAction.FindRevokedCommitment(Spend.CommitmentNumber));
        WatchNew(turn, []);
        PublishAttempts(turn, []);
    }

    /// <summary>Watches the outputs that were not there before.</summary>
    internal void WatchNew(Turn turn, ImmutableArray<ChainOutput> before)
    {
        foreach (var output in Outputs(turn.Signer))
        {
            if (!ChainView.IsFollowed(this, output) || before.Any(one => one.OutPoint == output.OutPoint && one.Kind == output.Kind)) continue;
            turn.Act(new ChannelAction.WatchOutputSpent(output.OutPoint, output.Output.ScriptPubKey, output.MadeAt, KnownSpend.Of(output.Spend?.Transaction, output.Spend?.BlockHeight ?? 0)));
        }
    }

    // In an error state a peer is told so, and nothing else is heard (BOLT 2).
    private protected override void OnConnected(Turn turn)
    {
        if (SendsError) turn.Send(new Error(ChannelId, Detail));
        else turn.Send(Reestablishment.Message(Commitments, turn.Signer));
    }

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
    }

    private protected override void OnError(Turn turn, Error error)
    {
    }

    private protected override void OnForceClose(Turn turn, ChannelCommand.ForceClose force)
    {
        if (Spend is null) PublishCommitment(turn);
        turn.Done(force);
    }

    private protected override void OnRevokedCommitmentFound(Turn turn, ChannelCommand.RevokedCommitmentFound found)
    {
        if (Spend is not { Kind: SpendKind.RevokedCommitment } || Spend.CommitmentNumber != found.CommitmentNumber || RevokedSpec is not null) return;
        if (!ChainView.IsRevoked(this, found.Spec)) return;
        var before = Outputs(turn.Signer);
        turn.Record(new DurableEvent.RevokedCommitmentRebuilt(found.Spec));
        ((Closing)turn.State).OnSpend(turn, before);
    }

    private protected override void OnBlock(Turn turn) => Proceed(turn);

    private protected override void OnFunded(Turn turn)
    {
        if (Spend is not null) return;
        PublishCommitment(turn);
        Claiming.Claim(turn);
    }

    private protected override void OnOutputSpent(Turn turn, ChannelCommand.OutputSpent spent)
    {
        Results.Learn(turn, this, spent.Transaction);
        if (spent.BlockHeight == 0)
        {
            if (turn.State is not Closing now || IsOwn(spent.Transaction.TxId)) return;
            Claiming.Hear(turn, now, claims => claims.Saw(spent.Transaction));
            Claiming.Claim(turn);
            return;
        }

        var before = Outputs(turn.Signer);
        if (!before.Any(output => spent.Transaction.Spends(output.OutPoint))) return;
        if (Spends.Items.Any(one => one.BlockHeight == spent.BlockHeight && one.Transaction.TxId == spent.Transaction.TxId)) return;
        turn.Record(new DurableEvent.OutputSpent(spent.Transaction, spent.BlockHeight));
        ((Closing)turn.State).OnSpend(turn, before);
    }

    private protected override void OnFundingSpendSeen(Turn turn, Transaction transaction)
    {
        if (Spend is not null || !ForceClosing.SpendsFunding(this, transaction)) return;
        if (ForceClosing.Identify(this, transaction, turn.Signer).Kind is not (SpendKind.RemoteCommitment or SpendKind.NextRemoteCommitment)) return;
        if (Transient.Claims.PeersCommitment?.TxId != transaction.TxId) PublishChildren(turn, transaction);
        Claiming.Hear(turn, this, claims => claims with { PeersCommitment = transaction });
        Claiming.Claim(turn);
    }

    private protected override void OnPublishAnswered(Turn turn, ChannelCommand.PublishAnswered answered)
    {
        var attempt = Attempts.Items.FirstOrDefault(attempt => attempt.Transaction.TxId == answered.TxId);
        var commitment = Spend is null ? Broadcastable(turn)?.TxId : null;
        if (attempt is null && answered.TxId != commitment) return;
        // A mempool holds one commitment: where it takes this node's, the peer's is not there any more.
        var isOurs = answered.Outcome == PublishOutcome.Taken && commitment is not null && (attempt is null || attempt.Parent == commitment);
        Claiming.Hear(turn, this, claims => claims.Answered(answered.TxId, answered.Outcome) with { PeersCommitment = isOurs ? null : claims.PeersCommitment });
        Claiming.Claim(turn);
    }

    private protected override void OnClaimFunded(Turn turn, ChannelCommand.ClaimFunded funded) => Claiming.Funded(turn, this, funded);

    private protected override void OnClaimNotFunded(Turn turn, ChannelCommand.ClaimNotFunded refused) => Claiming.Hear(turn, this, claims => claims.Refused(refused.Number));

    private protected override void OnSweepScriptGiven(Turn turn, ChannelCommand.SweepScriptGiven given)
    {
        if (SweepScript is not null) return;
        turn.Record(new DurableEvent.SweepScriptGiven(given.Script));
        Claiming.Claim(turn);
    }

    private protected override void OnSpendUndone(Turn turn, ChannelCommand.SpendUndone undone)
    {
        if (Undoes(undone) is not { } txId) return;
        turn.Record(new DurableEvent.SpendUndone(txId));
        var now = (Closing)turn.State;
        if (now.Spend is null)
        {
            // Whatever takes its place: this node's own must be among what may.
            now.PublishCommitment(turn);
            Claiming.Claim(turn);
            return;
        }

        now.PublishAttempts(turn, [.. now.Outputs(turn.Signer).Where(output => output.OutPoint != undone.Output)]);
        Claiming.Claim(turn);
    }

    /// <summary>The known spend that is undone; null where none is.</summary>
    internal TxId? Undoes(ChannelCommand.SpendUndone undone)
    {
        var known = Commitments.Active.Items.Any(one => one.Funding.OutPoint == undone.Output) ? Spend?.Transaction.TxId : SpendOf(undone.Output)?.Transaction.TxId;
        return known == undone.Spender ? known : null;
    }

    /// <summary>
    /// This node's commitment, signed by both; null where there is none, nobody has seen what it spends, or it may be revoked: once this node's state is known to be old, or in a copy that may be and did not itself end the
    /// channel. One that did goes on, what is not published misses the deadlines of its HTLCs: nothing is revoked after a force close.
    /// </summary>
    internal Transaction? Broadcastable(Turn turn)
    {
        var isByOthers = Reason is CloseReason.PeerClosed or CloseReason.PeerCheated or CloseReason.Mutual;
        return HasLostState || MayNeverBeFunded || (turn.Environment.Guarded && isByOthers) ? null : Commitments.Broadcastable(turn.Signer);
    }

    /// <summary>Publishes this node's commitment, where it may, and what pays for it.</summary>
    internal void PublishCommitment(Turn turn)
    {
        if (Broadcastable(turn) is not { } commitment) return;
        turn.Act(new ChannelAction.Publish(commitment, TransactionPurpose.Commitment));
        PublishChildren(turn, commitment);
    }

    // What pays for a commitment that waits for a block.
    private void PublishChildren(Turn turn, Transaction commitment)
    {
        foreach (var attempt in Attempts)
        {
            if (attempt.Parent == commitment.TxId) turn.Act(new ChannelAction.Publish(attempt.Transaction, attempt.Purpose, commitment));
        }
    }

    private bool IsOwn(TxId transaction) => Transient.Claims.Made.Contains(transaction) || Attempts.Items.Any(attempt => attempt.Transaction.TxId == transaction);

    // What was tried before to take outputs that are there now, and were not a moment ago.
    private void PublishAttempts(Turn turn, ImmutableArray<ChainOutput> before)
    {
        if (Attempts.IsEmpty) return;
        var open = Outputs(turn.Signer).Where(output => output.Spend is not { } spend || !ChainView.IsFinal(spend.BlockHeight, turn.Environment)).Select(static output => output.OutPoint).ToHashSet();
        open.ExceptWith(before.Select(static output => output.OutPoint));
        foreach (var attempt in Attempts)
        {
            if (attempt.Transaction.Inputs.Any(input => open.Contains(input.PreviousOutput))) turn.Act(new ChannelAction.Publish(attempt.Transaction, attempt.Purpose));
        }
    }

    // What follows from the chain as it is now: results upstream, claims, the end.
    private static void Proceed(Turn turn)
    {
        Results.Fail(turn);
        Claiming.Claim(turn);
        if (turn.State is Closing closing && closing.IsOver(turn)) closing.Finish(turn);
    }

    private bool IsOver(Turn turn)
    {
        if (Spend is null || !ChainView.IsFinal(Spend.BlockHeight, turn.Environment) || (Spend.Kind == SpendKind.RevokedCommitment && RevokedSpec is null)) return false;
        var isGivenUp = Claiming.GivenUp(turn, this);
        foreach (var output in Outputs(turn.Signer))
        {
            if (output.Kind is ChainOutputKind.OurAnchor or ChainOutputKind.Theirs || LegacyResolved.Items.Contains(output.OutPoint)) continue;
            if (output.Spend is { } spend ? !ChainView.IsFinal(spend.BlockHeight, turn.Environment) : !isGivenUp(output)) return false;
        }

        return true;
    }

    private void Finish(Turn turn)
    {
        turn.Record(new DurableEvent.ChannelClosed(Reason, FinalAt: turn.Environment.BlockHeight));
        turn.Act(new ChannelAction.ReportClosed(Reason));
        // What was never mined cannot be any more; a reorganisation that lets it brings it back.
        foreach (var attempt in Attempts)
        {
            if (!Spends.Items.Any(one => one.Transaction.TxId == attempt.Transaction.TxId)) Claiming.GiveUp(turn, attempt);
        }

        if (Spend!.Kind != SpendKind.LocalCommitment && Commitments.Broadcastable(turn.Signer) is { } own) turn.Act(new ChannelAction.StopPublishing(own.TxId));
    }
}
