using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>The funding transaction is deep enough here; the peer has not said so.</summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="ShortChannelId">Where the funding output is.</param>
public sealed record WaitForChannelReady(ChannelCommitments Commitments, TransientState Transient, ShortChannelId ShortChannelId) : FundedState(Commitments, Transient)
{
    internal override bool HasSentChannelReady => true;

    /// <summary>channel_ready.</summary>
    internal static ChannelReady Message(FundedState state, IChannelSigner signer) => new(state.ChannelId, signer.PerCommitmentPoint(1))
    {
        Alias = Aliases.IsGiven(state.Parameters, state.Link.Features) ? Aliases.Of(state.Parameters.Key) : null,
    };

    /// <summary>Whether channel_ready must be sent again: neither side has seen a second commitment.</summary>
    internal static bool MustRepeat(ChannelCommitments commitments, ChannelReestablish theirs) => commitments.LocalNumber == 0 && theirs.NextCommitmentNumber == 1;

    private protected override FundedState At(ShortChannelId place) => this with { ShortChannelId = place };

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ChannelReadyReceived ready => new Normal(Commitments with { RemoteNextPoint = ready.SecondPoint }, Transient, ShortChannelId, ready.Alias) { FundingAwaitedSince = FundingAwaitedSince },
        DurableEvent.ShutdownSent or DurableEvent.ShutdownReceived => ShuttingDown.After(this, happened),
        _ => null,
    };

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        switch (message)
        {
            case ChannelReady ready:
                turn.Record(new DurableEvent.ChannelReadyReceived(ready.SecondPerCommitmentPoint, ready.Alias));
                ((Normal)turn.State).Report(turn);
                break;
            case Shutdown shutdown:
                MutualClosing.ReceiveShutdown(turn, this, shutdown);
                break;
            default:
                Unexpected(turn, message);
                break;
        }
    }

    private protected override void OnFundingConfirmed(Turn turn, ChannelCommand.FundingConfirmed confirmed)
    {
        base.OnFundingConfirmed(turn, confirmed);
        if (turn.State is WaitForChannelReady now) FundingWait.Move(turn, now, now.ShortChannelId, confirmed);
    }

    private protected override void OnCloseMutual(Turn turn, ChannelCommand.CloseMutual close) => MutualClosing.Begin(turn, this, close);

    internal override void Resume(Turn turn)
    {
        Watching.Funding(turn, this);
        Watching.Audit(turn, Commitments);
    }
}
