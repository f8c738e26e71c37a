using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>
/// The channel ends on chain: this node's commitment is published, or the funding output was spent (BOLT 5). It holds what the chain said, with heights, and what was tried; everything else
/// follows from these (<see cref="ChainView"/>), so that a reorganisation is one more event.
/// </summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">For people; the text of the error where one is sent.</param>
/// <param name="SendsError">Whether the peer is told by an error, again on each connection.</param>
public sealed record Closing(ChannelCommitments Commitments, TransientState Transient, CloseReason Reason, string Detail, bool SendsError) : FundedState(Commitments, Transient)
{
    /// <summary>How the funding output is spent; null where it is not, yet or any more.</summary>
    public FundingSpend? Spend { get; init; }

    /// <summary>What spends the outputs that followed from <see cref="Spend"/>, by block and id.</summary>
    public EquatableArray<MinedSpend> Spends { get; init; }

    /// <summary>What this node has published to take what is its own, by number.</summary>
    public EquatableArray<ClaimAttempt> Attempts { get; init; }

    /// <summary>The number of the next attempt.</summary>
    public ulong NextAttempt { get; init; } = 1;

    /// <summary>Where this node's money goes; null before the wallet was asked.</summary>
    public Script? SweepScript { get; init; }

    /// <summary>What revoked commitments that were seen on chain held, by number.</summary>
    public ImmutableSortedDictionary<ulong, CommitmentSpec> RevokedSpecs { get; init; } = ImmutableSortedDictionary<ulong, CommitmentSpec>.Empty;

    /// <summary>Outputs that an earlier version took as spent for good.</summary>
    public EquatableArray<OutPoint> LegacyResolved { get; init; }

    /// <summary>Whether this node had signed a closing transaction before: one may still end the channel.</summary>
    public bool HasSignedClosing { get; init; }

    /// <summary>What the revoked commitment on chain held; null where there is none, or it was not found yet.</summary>
    public CommitmentSpec? RevokedSpec => Spend is { Kind: SpendKind.RevokedCommitment } spend ? RevokedSpecs.GetValueOrDefault(spend.CommitmentNumber) : null;

    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    internal override bool HasLostState => Reason == CloseReason.StateLost || Spend?.Kind == SpendKind.FutureRemoteCommitment;

    internal override bool HasNegotiated => HasSignedClosing;

    internal override bool Reestablishes => false;

    /// <summary>Id of the transaction that ends the channel: the one on chain, else this node's commitment; null where the peer has signed none.</summary>
    /// <param name="signer">The channel's.</param>
    public TxId? TransactionId(IChannelSigner signer) =>
        Spend?.Transaction.TxId ?? (Commitments.Latest.LocalSignatures is null ? null : Commitments.CurrentLocal(signer).TxId);

    /// <summary>Whether the spend of the funding output lies so deep.</summary>
    /// <param name="height">Height of the best block.</param>
    /// <param name="depth">In blocks, 1 for the best block itself.</param>
    public bool IsDeep(uint height, uint depth) => Spend is { BlockHeight: > 0 } spend && height + 1 >= (long)spend.BlockHeight + depth;

    /// <summary>The outputs on chain that decide about money of this node, and others of the same transactions.</summary>
    /// <param name="signer">The channel's.</param>
    public ImmutableArray<ChainOutput> Outputs(IChannelSigner signer) => ChainView.Of(this, signer);

    /// <summary>
    /// The incoming HTLCs that this node can still be paid: those with an output in the commitment on chain or, before there is one, in one that may come. To pass on another one, or to
    /// reveal its preimage, could only lose.
    /// </summary>
    /// <param name="signer">The channel's.</param>
    public ImmutableHashSet<ulong> LiveIncoming(IChannelSigner signer)
    {
        var live = ImmutableHashSet.CreateBuilder<ulong>();
        if (Spend is not null) Add(ChainView.Commitment(this, signer));
        else
        {
            Add(Commitments.CurrentLocal(signer));
            Add(ForceClosing.CurrentRemote(Commitments));
            Add(ForceClosing.NextRemote(Commitments));
        }

        return live.ToImmutable();

        void Add(CommitmentTransaction? commitment)
        {
            for (var index = 0; index < (commitment?.Outputs.Length ?? 0); index++)
            {
                if (commitment!.Outputs[index].Htlc is { } htlc && !ChainView.IsOffered(commitment, htlc) && SpendOf(new OutPoint(commitment.TxId, (uint)index)) is null) live.Add(htlc.Id);
            }
        }
    }

    /// <summary>What spends an output; null where nothing does.</summary>
    internal MinedSpend? SpendOf(OutPoint output)
    {
        foreach (var spend in Spends)
        {
            foreach (var input in spend.Transaction.Inputs)
            {
                if (input.PreviousOutput == output) return spend;
            }
        }

        return null;
    }

    /// <summary>The state after the funding output was spent.</summary>
    internal static Closing Of(FundedState before, DurableEvent.FundingSpent spent)
    {
        var spend = new FundingSpend(spent.Transaction, spent.Kind, spent.CommitmentNumber, spent.BlockHeight);
        var (reason, detail) = spent.Kind switch
        {
            SpendKind.Mutual => (CloseReason.Mutual, "The channel was closed by agreement."),
            SpendKind.RevokedCommitment => (CloseReason.PeerCheated, "The peer published a revoked commitment."),
            SpendKind.FutureRemoteCommitment => (CloseReason.StateLost, "The peer published a commitment that is not known here."),
            SpendKind.OtherLocalCommitment => (CloseReason.StateLost, "A commitment of this node was published that is not its current one."),
            _ when before.HasLostState => (CloseReason.StateLost, "This node's state is old, and the peer closed the channel."),
            // What it was closed for, unless that was another transaction.
            _ when before is Closing { Reason: not (CloseReason.Mutual or CloseReason.PeerCheated) } asked => (asked.Reason, asked.Detail),
            _ => (CloseReason.PeerClosed, "The funding output was spent."),
        };
        if (before is Closing closing)
        {
            // What spends outputs of another transaction says nothing about this one.
            var isSame = closing.Spend?.Transaction.TxId == spent.Transaction.TxId;
            return closing with { Reason = reason, Detail = detail, Spend = spend, Spends = isSame ? closing.Spends : [], FundingAwaitedSince = null };
        }

        return new Closing(before.Commitments, before.Transient with { Proposed = [], Received = [] }, reason, detail, SendsError: false)
        {
            Spend = spend,
            UnconfirmedFunding = before.UnconfirmedFunding,
            HasSignedClosing = before.HasNegotiated,
        };
    }

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
            var known = output.Spend is { } spend ? new KnownSpend(spend.Transaction.TxId, spend.BlockHeight) : (KnownSpend?)null;
            turn.Act(new ChannelAction.WatchOutputSpent(output.OutPoint, output.Output.ScriptPubKey, output.MadeAt, known));
        }
    }

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.OutputSpent spent => this with { Spends = After(spent) },
        DurableEvent.SpendUndone undone when Spend?.Transaction.TxId == undone.TxId => this with { Spend = null, Spends = [] },
        DurableEvent.SpendUndone undone => this with { Spends = Without(Spends.Items, one => one.Transaction.TxId == undone.TxId) },
        DurableEvent.ClaimPublished { Attempt: var attempt } => this with { Attempts = Attempts.Items.Add(attempt), NextAttempt = Math.Max(NextAttempt, attempt.Number + 1) },
        DurableEvent.ClaimsDropped dropped => this with { Attempts = Attempts.Items.RemoveAll(one => dropped.Numbers.Items.Contains(one.Number)) },
        DurableEvent.SweepScriptGiven given => this with { SweepScript = given.Script },
        DurableEvent.RevokedCommitmentRebuilt rebuilt => Spend is null ? this : this with { RevokedSpecs = RevokedSpecs.SetItem(Spend.CommitmentNumber, rebuilt.Spec) },
        // Of earlier versions.
        DurableEvent.SpendConfirmed confirmed => this with { Spend = Spend is null ? null : Spend with { BlockHeight = confirmed.BlockHeight } },
        DurableEvent.ClaimsMade made => After(made),
        DurableEvent.OutputsResolved resolved => this with { LegacyResolved = LegacyResolved.Items.AddRange(resolved.Outputs.Items) },
        _ => null,
    };

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
        if (!before.Any(output => spent.Transaction.Inputs.Any(input => input.PreviousOutput == output.OutPoint))) return;
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
        if (!Attempts.Items.Any(attempt => attempt.Transaction.TxId == answered.TxId)) return;
        Claiming.Hear(turn, this, claims => claims.Answered(answered.TxId, answered.Outcome));
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
        foreach (var output in Outputs(turn.Signer))
        {
            if (output.Kind is ChainOutputKind.OurAnchor or ChainOutputKind.Theirs || LegacyResolved.Items.Contains(output.OutPoint)) continue;
            if (output.Spend is { } spend ? !ChainView.IsFinal(spend.BlockHeight, turn.Environment) : !Claiming.IsGivenUp(turn, this, output)) return false;
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

    // A spend takes the place of what it rules out, and of all that followed from that.
    private EquatableArray<MinedSpend> After(DurableEvent.OutputSpent spent)
    {
        var inputs = spent.Transaction.Inputs.Select(static input => input.PreviousOutput).ToHashSet();
        var kept = Without(Spends.Items, one => one.Transaction.TxId != spent.Transaction.TxId && one.Transaction.Inputs.Any(input => inputs.Contains(input.PreviousOutput)))
            .RemoveAll(one => one.Transaction.TxId == spent.Transaction.TxId);
        return kept.Add(new MinedSpend(spent.Transaction, spent.BlockHeight)).Sort(static (one, other) =>
            one.BlockHeight != other.BlockHeight ? one.BlockHeight.CompareTo(other.BlockHeight) : one.Transaction.TxId.CompareTo(other.Transaction.TxId));
    }

    private static ImmutableArray<MinedSpend> Without(ImmutableArray<MinedSpend> spends, Predicate<MinedSpend> isGone)
    {
        var gone = spends.Where(one => isGone(one)).Select(static one => one.Transaction.TxId).ToHashSet();
        var count = 0;
        while (count != gone.Count)
        {
            count = gone.Count;
            foreach (var one in spends)
            {
                if (one.Transaction.Inputs.Any(input => gone.Contains(input.PreviousOutput.TxId))) gone.Add(one.Transaction.TxId);
            }
        }

        return spends.RemoveAll(one => gone.Contains(one.Transaction.TxId));
    }

    private Closing After(DurableEvent.ClaimsMade made)
    {
        var attempts = Attempts.Items.ToBuilder();
        var number = NextAttempt;
        foreach (var transaction in made.Transactions)
            attempts.Add(new ClaimAttempt(number++, transaction, TransactionPurpose.Sweep, Parent: null, Satoshi.Zero, FeeratePerKw.Floor, Coins: [], BlockHeight: 0, Deadline: null));
        return this with { Attempts = attempts.ToImmutable(), NextAttempt = number };
    }
}
