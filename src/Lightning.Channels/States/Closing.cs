using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>The channel ends on chain: this node's commitment is published, or the funding output was spent (BOLT 5).</summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">For people; the text of the error where one is sent.</param>
/// <param name="SendsError">Whether the peer is told by an error, again on each connection.</param>
public sealed record Closing(ChannelCommitments Commitments, TransientState Transient, CloseReason Reason, string Detail, bool SendsError) : FundedState(Commitments, Transient)
{
    /// <summary>How the funding output was spent; null where it was not, yet.</summary>
    public FundingSpend? Spend { get; init; }

    /// <summary>Height of the block of the spend, once it is deep enough.</summary>
    public uint? ConfirmedAt { get; init; }

    /// <summary>What a revoked commitment held, once found.</summary>
    public CommitmentSpec? RevokedSpec { get; init; }

    /// <summary>The transactions that take what is this node's.</summary>
    public EquatableArray<Transaction> Claims { get; init; }

    /// <summary>The outputs that are not spent for good yet.</summary>
    public EquatableArray<OutPoint> Unresolved { get; init; }

    /// <summary>Whether this node had signed a closing transaction before: one may still end the channel.</summary>
    public bool HasSignedClosing { get; init; }

    /// <summary>Id of the transaction that ends the channel: the one on chain, else this node's commitment; null where the peer has signed none.</summary>
    /// <param name="signer">The channel's.</param>
    public TxId? TransactionId(IChannelSigner signer) =>
        Spend?.Transaction.TxId ?? (Commitments.Latest.LocalSignatures is null ? null : Commitments.CurrentLocal(signer).TxId);

    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    internal override bool HasLostState => Reason == CloseReason.StateLost || Spend?.Kind == SpendKind.FutureRemoteCommitment;

    internal override bool HasNegotiated => HasSignedClosing;

    internal override bool Reestablishes => false;

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
        // What was claimed of another transaction says nothing about this one.
        if (before is Closing closing) return closing with { Reason = reason, Detail = detail, Spend = spend, ConfirmedAt = null, RevokedSpec = null, Claims = [], Unresolved = [] };
        return new Closing(before.Commitments, before.Transient with { Proposed = [], Received = [] }, reason, detail, SendsError: false)
        {
            Spend = spend,
            UnconfirmedFunding = before.UnconfirmedFunding,
            HasSignedClosing = before.HasNegotiated,
        };
    }

    /// <summary>The funding output was spent: takes what is this node's.</summary>
    internal void OnSpend(Turn turn)
    {
        if (Spend?.Kind == SpendKind.RevokedCommitment && RevokedSpec is null) turn.Act(new ChannelAction.FindRevokedCommitment(Spend.CommitmentNumber));
        else Claiming.Claim(turn, this);
    }

    /// <summary>
    /// The incoming HTLCs that this node can still be paid: those with an output in the commitment on chain or, before there is one, in one that may come. To pass on another one, or to
    /// reveal its preimage, could only lose.
    /// </summary>
    /// <param name="signer">The channel's.</param>
    public ImmutableHashSet<ulong> LiveIncoming(IChannelSigner signer)
    {
        var live = ImmutableHashSet.CreateBuilder<ulong>();
        if (Spend is not null) Add(Claiming.Rebuild(this, signer));
        else
        {
            Add(Commitments.CurrentLocal(signer));
            Add(ForceClosing.CurrentRemote(Commitments));
            Add(ForceClosing.NextRemote(Commitments));
        }

        return live.ToImmutable();

        void Add(CommitmentTransaction? commitment)
        {
            foreach (var output in commitment?.Outputs ?? [])
            {
                if (output.Htlc is { } htlc && !Claiming.IsOffered(commitment!, htlc)) live.Add(htlc.Id);
            }
        }
    }

    /// <summary>A preimage of an incoming HTLC came late: it still takes the HTLC.</summary>
    internal void OnPreimage(Turn turn)
    {
        if (Spend is not null) Claiming.Claim(turn, this);
    }

    internal override void Resume(Turn turn)
    {
        Watching.Funding(turn, this);
        Watching.Htlcs(turn, Commitments, LiveIncoming(turn.Signer).Contains);
        if (Spend is null)
        {
            ForceClosing.PublishCommitment(turn, Commitments);
            return;
        }

        if (ConfirmedAt is null) turn.Act(new ChannelAction.WatchConfirmed(Spend.Transaction, turn.Config.ClosingDepth));
        if (Spend.Kind == SpendKind.RevokedCommitment && RevokedSpec is null) turn.Act(new ChannelAction.FindRevokedCommitment(Spend.CommitmentNumber));
        foreach (var claim in Claims) turn.Act(new ChannelAction.Publish(claim, TransactionPurpose.Sweep));
        foreach (var output in Unresolved) Watch(turn, output);
    }

    /// <summary>Watches an output of the spend or of a claim.</summary>
    internal void Watch(Turn turn, OutPoint output)
    {
        if (Find(output) is { } found) turn.Act(new ChannelAction.WatchOutputSpent(output, found.ScriptPubKey));
    }

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.SpendConfirmed confirmed => this with { ConfirmedAt = confirmed.BlockHeight },
        DurableEvent.RevokedCommitmentRebuilt rebuilt => this with { RevokedSpec = rebuilt.Spec },
        DurableEvent.ClaimsMade made => this with { Claims = Claims.Items.AddRange(made.Transactions.Items), Unresolved = Unresolved.Items.AddRange(made.Outputs.Items) },
        DurableEvent.OutputsResolved resolved => this with { Unresolved = Unresolved.Items.RemoveAll(one => resolved.Outputs.Items.Contains(one)) },
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
        if (Spend is null) ForceClosing.PublishCommitment(turn, Commitments);
        turn.Done(force);
    }

    private protected override void OnRevokedCommitmentFound(Turn turn, ChannelCommand.RevokedCommitmentFound found)
    {
        if (Spend is not { Kind: SpendKind.RevokedCommitment } || Spend.CommitmentNumber != found.CommitmentNumber || RevokedSpec is not null) return;
        if (!Claiming.IsRevoked(this, found.Spec)) return;
        turn.Record(new DurableEvent.RevokedCommitmentRebuilt(found.Spec));
        Claiming.Claim(turn, (Closing)turn.State);
        Claiming.Rebuilt(turn);
    }

    private protected override void OnBlock(Turn turn) => Claiming.GiveUp(turn, this);

    private protected override void OnOutputSpent(Turn turn, ChannelCommand.OutputSpent spent) => Claiming.OutputSpent(turn, this, spent.Transaction);

    private protected override void OnTransactionConfirmed(Turn turn, ChannelCommand.TransactionConfirmed confirmed) => Claiming.Confirmed(turn, this, confirmed);

    private TxOut? Find(OutPoint output)
    {
        if (Spend?.Transaction is { } spend && spend.TxId == output.TxId && output.Index < spend.Outputs.Length) return spend.Outputs[(int)output.Index];
        foreach (var claim in Claims)
        {
            if (claim.TxId == output.TxId && output.Index < claim.Outputs.Length) return claim.Outputs[(int)output.Index];
        }

        return null;
    }
}
