using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

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
public sealed partial record Closing(ChannelCommitments Commitments, TransientState Transient, CloseReason Reason, string Detail, bool SendsError) : FundedState(Commitments, Transient)
{
    /// <summary>How the funding output is spent; null where it is not, yet or any more.</summary>
    public FundingSpend? Spend { get; init; }

    /// <summary>What spends the outputs that followed from <see cref="Spend"/>, by block and id.</summary>
    public EquatableArray<MinedSpend> Spends { get; init; }

    /// <summary>What this node has published to take what is its own, by number.</summary>
    public EquatableArray<ClaimAttempt> Attempts { get; init; }

    /// <summary>Commitments for which a child of this node's was ever published.</summary>
    public EquatableArray<TxId> PaidFor { get; init; }

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
            if (spend.Transaction.Spends(output)) return spend;
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

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.OutputSpent spent => this with { Spends = After(spent) },
        DurableEvent.SpendUndone undone when Spend?.Transaction.TxId == undone.TxId => this with { Spend = null, Spends = [] },
        DurableEvent.SpendUndone undone => this with { Spends = Without(Spends.Items, one => one.Transaction.TxId == undone.TxId) },
        DurableEvent.ClaimPublished published => After(published.Attempt),
        DurableEvent.ClaimsDropped dropped => this with { Attempts = Attempts.Items.RemoveAll(one => dropped.Numbers.Items.Contains(one.Number)) },
        DurableEvent.SweepScriptGiven given => this with { SweepScript = given.Script },
        DurableEvent.RevokedCommitmentRebuilt rebuilt => Spend is null ? this : this with { RevokedSpecs = RevokedSpecs.SetItem(Spend.CommitmentNumber, rebuilt.Spec) },
        // Of earlier versions.
        DurableEvent.SpendConfirmed confirmed => this with { Spend = Spend is null ? null : Spend with { BlockHeight = confirmed.BlockHeight } },
        DurableEvent.ClaimsMade made => After(made),
        DurableEvent.OutputsResolved resolved => this with { LegacyResolved = LegacyResolved.Items.AddRange(resolved.Outputs.Items) },
        _ => null,
    };

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

    private Closing After(ClaimAttempt attempt) => this with
    {
        Attempts = Attempts.Items.Add(attempt),
        NextAttempt = Math.Max(NextAttempt, attempt.Number + 1),
        PaidFor = attempt.Parent is { } parent && !PaidFor.Items.Contains(parent) ? PaidFor.Items.Add(parent) : PaidFor,
    };

    private Closing After(DurableEvent.ClaimsMade made)
    {
        var attempts = Attempts.Items.ToBuilder();
        var number = NextAttempt;
        foreach (var transaction in made.Transactions)
            attempts.Add(new ClaimAttempt(number++, transaction, TransactionPurpose.Sweep, Parent: null, Satoshi.Zero, FeeratePerKw.Floor, Coins: [], BlockHeight: 0, Deadline: null));
        return this with { Attempts = attempts.ToImmutable(), NextAttempt = number };
    }
}
