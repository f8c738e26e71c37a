using Lightning.Channels.Actions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>The channel is open for payments.</summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="ShortChannelId">Where the funding output is.</param>
/// <param name="RemoteAlias">What the peer accepts for it; null for none.</param>
public sealed record Normal(ChannelCommitments Commitments, TransientState Transient, ShortChannelId ShortChannelId, ShortChannelId? RemoteAlias)
    : OperatingState(Commitments, Transient)
{
    internal override bool HasSentChannelReady => true;

    internal override AddRefusal? AddsRefused => Link.Status == LinkStatus.Offline ? AddRefusal.Offline : null;

    internal override void Resume(Turn turn)
    {
        base.Resume(turn);
        Report(turn);

        // Whoever keeps what the network is told may have lost it, or never had it.
        if (Announcements.Complete(this, turn.Signer, turn.Config) is not { } announcement) return;
        turn.Act(new ChannelAction.AnnounceChannel(announcement));
        if (Commitments.Gossip.Told is { IsPublic: true } told) turn.Act(new ChannelAction.AnnouncePolicy(ChannelUpdates.Message(this, told, turn.Signer, turn.Config)));
    }

    /// <summary>Whether the funding transaction is so deep that the channel may be announced. The peer's signatures are kept only where it was.</summary>
    internal bool IsBuried => Transient.IsBuried || Commitments.Gossip.Signatures is not null;

    /// <summary>Tells that the channel can be used.</summary>
    internal void Report(Turn turn)
    {
        turn.Act(new ChannelAction.ReportReady(ChannelId, ShortChannelId, RemoteAlias));
        if (Parameters.Announce && !IsBuried) Watching.FundingDepth(turn, Commitments, Announcements.Depth);
    }

    private protected override FundedState At(ShortChannelId place) => place == ShortChannelId ? this : this with
    {
        ShortChannelId = place,
        Commitments = Commitments with { Gossip = Commitments.Gossip with { Signatures = null } },
        Transient = Transient with { IsBuried = false, HasSentAnnouncement = false },
    };

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ShutdownSent or DurableEvent.ShutdownReceived => ShuttingDown.After(this, happened),
        _ => base.AfterHere(happened),
    };

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        if (message is Shutdown shutdown) MutualClosing.ReceiveShutdown(turn, this, shutdown);
        else if (message is ChannelUpdate update) ChannelUpdates.Receive(turn, this, update);
        else base.OnMessage(turn, message);
    }

    private protected override void OnFundingConfirmed(Turn turn, ChannelCommand.FundingConfirmed confirmed)
    {
        base.OnFundingConfirmed(turn, confirmed);
        if (turn.State is not Normal settled || !FundingWait.Move(turn, settled, settled.ShortChannelId, confirmed)) return;
        var now = (Normal)turn.State;
        if (now.ShortChannelId != ShortChannelId) now.Report(turn);
        if (!now.IsBuried && turn.Environment.BlockHeight + 1 >= confirmed.BlockHeight + Announcements.Depth) turn.Record(new TransientEvent.FundingBuried());
    }

    private protected override void OnSetPolicy(Turn turn, ChannelCommand.SetPolicy set)
    {
        var terms = Commitments.Gossip.Terms.With(set.Change);
        if (ForwardingPolicy.Problem(Commitments, terms) is { } problem)
        {
            turn.Refuse(set, CommandRefusal.Invalid, problem);
            return;
        }

        if (terms != Commitments.Gossip.Terms) turn.Record(new DurableEvent.PolicySet(terms, turn.Environment.Now));
        turn.Done(set);
    }

    private protected override void OnCloseMutual(Turn turn, ChannelCommand.CloseMutual close) => MutualClosing.Begin(turn, this, close);
}
