using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>A mutual close has begun: no new HTLCs; those there are are settled (BOLT 2 "Closing Initiation").</summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="LocalScript">This node's shutdown script; null before it was sent.</param>
/// <param name="RemoteScript">The peer's shutdown script; null before it came.</param>
/// <param name="Feerate">What the closing transaction is to pay; null for the estimate at its time.</param>
public sealed record ShuttingDown(ChannelCommitments Commitments, TransientState Transient, Script? LocalScript, Script? RemoteScript, FeeratePerKw? Feerate)
    : OperatingState(Commitments, Transient)
{
    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    // A commitment_signed went out, or is to go out again: channel_ready went before it. Without one the peer needs none to close.
    internal override bool HasSentChannelReady => Commitments.AwaitsRevocation || Commitments.RemoteNumber > 0;

    /// <summary>The state after the first or second shutdown.</summary>
    internal static ShuttingDown After(FundedState before, ChannelEvent happened)
    {
        var state = before as ShuttingDown ?? new ShuttingDown(before.Commitments, before.Transient, LocalScript: null, RemoteScript: null, Feerate: null) { UnconfirmedFunding = before.UnconfirmedFunding, FundingAwaitedSince = before.FundingAwaitedSince };
        return happened switch
        {
            DurableEvent.ShutdownSent sent => state with { LocalScript = sent.Script, Feerate = sent.Feerate },
            DurableEvent.ShutdownReceived received => state with { RemoteScript = received.Script },
            _ => throw new InvalidOperationException($"{happened.GetType().Name} is no shutdown."),
        };
    }

    internal override void Conclude(Turn turn)
    {
        Proceed(turn);
        base.Conclude(turn);
    }

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ShutdownSent or DurableEvent.ShutdownReceived => After(this, happened),
        DurableEvent.ChannelReadyReceived ready => this with { Commitments = Commitments with { RemoteNextPoint = ready.SecondPoint } },
        DurableEvent.NegotiationStarted { Simple: true } => new NegotiatingSimple(Commitments, Transient with { ShutdownReceived = true }, LocalScript!.Value, RemoteScript!.Value, Feerate, Offer: null, Ours: null, Theirs: null) { UnconfirmedFunding = UnconfirmedFunding, FundingAwaitedSince = FundingAwaitedSince },
        DurableEvent.NegotiationStarted => new Negotiating(Commitments, Transient, LocalScript!.Value, RemoteScript!.Value, Feerate, Signed: []) { UnconfirmedFunding = UnconfirmedFunding, FundingAwaitedSince = FundingAwaitedSince },
        _ => base.AfterHere(happened),
    };

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        switch (message)
        {
            case Shutdown shutdown:
                MutualClosing.ReceiveShutdown(turn, this, shutdown);
                break;
            case ClosingComplete or ClosingSigned:
                // The peer went on to negotiate upon a message of the same batch.
                Proceed(turn);
                if (turn.State is ShuttingDown) Unexpected(turn, message);
                else Current(turn).Receive(turn, message);
                break;
            case UpdateAddHtlc when FundingAwaitedSince is not null:
                // Passed on, it would be paid for with money that may never come.
                Warn(turn, "update_add_htlc before the funding transaction is confirmed.");
                break;
            case UpdateAddHtlc when RemoteScript is not null:
                Warn(turn, "update_add_htlc after shutdown.");
                break;
            default:
                base.OnMessage(turn, message);
                break;
        }
    }

    private protected override void OnReestablished(Turn turn)
    {
        if (LocalScript is { } script) turn.Send(new Shutdown(ChannelId, script));
        base.OnReestablished(turn);
    }

    private protected override void OnUpdateFee(Turn turn, ChannelCommand.UpdateFee fee)
    {
        // Once no HTLC is left there are no more updates.
        if (Commitments.IsQuiet) turn.Refuse(fee, CommandRefusal.WrongState, "The channel is closing.");
        else base.OnUpdateFee(turn, fee);
    }

    private bool CanNegotiate => Link.IsOnline && LocalScript is not null && RemoteScript is not null && Commitments.IsQuiet && Transient.Proposed.IsEmpty && Transient.Received.IsEmpty;

    // Answers the peer's shutdown, signs what is left, and begins to negotiate once nothing is.
    private void Proceed(Turn turn)
    {
        if (LocalScript is null && Link.IsOnline) MutualClosing.SendShutdown(turn, this, Parameters.ShutdownScript, feerate: null);
        CommitmentExchange.Sign(turn);
        if (turn.State is ShuttingDown { CanNegotiate: true } now) now.Negotiate(turn);
    }

    private void Negotiate(Turn turn)
    {
        turn.Record(new DurableEvent.NegotiationStarted(Link.Has(ChannelFeatures.SimpleClose)));
        if (FundingAwaitedSince is not null) Watching.FundingDepth(turn, Commitments, depth: 1);
        switch (turn.State)
        {
            case NegotiatingSimple simple:
                simple.Propose(turn, simple.LocalScript, simple.Feerate);
                break;
            case Negotiating legacy:
                legacy.Start(turn);
                break;
            default:
                break;
        }
    }
}
