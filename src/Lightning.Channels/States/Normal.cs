using Lightning.Channels.Actions;
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
    }

    /// <summary>Tells that the channel can be used.</summary>
    internal void Report(Turn turn) => turn.Act(new ChannelAction.ReportReady(ChannelId, ShortChannelId, RemoteAlias));

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ShutdownSent or DurableEvent.ShutdownReceived => ShuttingDown.After(this, happened),
        _ => base.AfterHere(happened),
    };

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        if (message is Shutdown shutdown) MutualClosing.ReceiveShutdown(turn, this, shutdown);
        else base.OnMessage(turn, message);
    }

    private protected override void OnCloseMutual(Turn turn, ChannelCommand.CloseMutual close) => MutualClosing.Begin(turn, this, close);
}
