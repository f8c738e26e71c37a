using Lightning.Actors.Journal;
using Lightning.Channels.Events;
using Lightning.Channels.States;

namespace Lightning.Actors.Charts;

/// <summary>Draws a channel's history: each event from whoever caused it, with the messages that leave in its callback.</summary>
internal sealed class HistoryChart
{
    private const string Peer = "peer", Channel = "channel", Payments = "payments", Chain = "chain";

    private readonly SequenceChart _chart = new(Peer, Channel, Payments, Chain);
    private JournaledEvent? _source;

    /// <summary>Draws all of it.</summary>
    public static SequenceChart Draw(ChannelHistory history)
    {
        var drawing = new HistoryChart();
        var state = ChannelState.Empty;
        foreach (var one in history.Events)
        {
            drawing._source = one;
            drawing.Draw(one.Event, isOnChain: state is Closing);
            state = state.Apply(one.Event);
        }

        return drawing._chart;
    }

    private void Draw(DurableEvent happened, bool isOnChain)
    {
        switch (happened)
        {
            case DurableEvent.OwnershipTaken:
                var (at, number) = Mark();
                _chart.Divider(Describe.Event(happened), at, number);
                break;
            case DurableEvent.CommitmentSent sent:
                foreach (var update in sent.Updates) Arrow(Channel, Peer, Describe.Update(update));
                Arrow(Channel, Peer, "commitment_signed");
                break;
            case DurableEvent.CommitmentReceived received:
                foreach (var update in received.Updates) Arrow(Peer, Channel, Describe.Update(update));
                Arrow(Peer, Channel, "commitment_signed");
                Arrow(Channel, Peer, "revoke_and_ack");
                break;
            case DurableEvent.Connected or DurableEvent.FundingCreated or DurableEvent.ShutdownSent or DurableEvent.ClosingSignedSent or DurableEvent.ClosingCompleteSent:
                Arrow(Channel, Peer, Describe.Event(happened));
                break;
            case DurableEvent.FundingSigned or DurableEvent.FundingAccepted or DurableEvent.ChannelReadyReceived or DurableEvent.RevocationReceived or DurableEvent.ShutdownReceived
                or DurableEvent.StateLost or DurableEvent.ClosingCompleteReceived or DurableEvent.ClosingAgreed:
                Arrow(Peer, Channel, Describe.Event(happened));
                break;
            case DurableEvent.FundingConfirmed or DurableEvent.FundingAwaited or DurableEvent.FundingSpent or DurableEvent.SpendConfirmed or DurableEvent.HtlcsFailedOnChain or DurableEvent.OutputsResolved
                or DurableEvent.OutputSpent or DurableEvent.SpendUndone or DurableEvent.ChannelReopened or DurableEvent.ChannelClosed { Closing: not null }:
                Arrow(Chain, Channel, Describe.Event(happened));
                break;
            case DurableEvent.PreimagesLearned:
                Arrow(isOnChain ? Chain : Peer, Channel, Describe.Event(happened));
                break;
            case DurableEvent.ClaimsMade or DurableEvent.ClaimPublished:
                Arrow(Channel, Chain, Describe.Event(happened));
                break;
            case DurableEvent.SettlementsKept or DurableEvent.ForwardFixed or DurableEvent.ResultsAcknowledged or DurableEvent.PaidTooLate:
                Arrow(Payments, Channel, Describe.Event(happened), ArrowKind.Internal);
                break;
            case DurableEvent.AddRefused:
                Arrow(Channel, Payments, Describe.Event(happened), ArrowKind.Internal);
                break;
            default:
                (at, number) = Mark();
                _chart.Note(Channel, Describe.Event(happened), NoteKind.Event, at, number);
                break;
        }

        Follow(happened);
    }

    /// <summary>What leaves in the event's callback.</summary>
    private void Follow(DurableEvent happened)
    {
        switch (happened)
        {
            case DurableEvent.FundingSigned:
                Arrow(Channel, Chain, "funding transaction");
                break;
            case DurableEvent.FundingAccepted:
                Arrow(Channel, Peer, "funding_signed");
                break;
            case DurableEvent.FundingConfirmed:
                Arrow(Channel, Peer, "channel_ready");
                break;
            case DurableEvent.ClosingCompleteReceived:
                Arrow(Channel, Peer, "closing_sig");
                Arrow(Channel, Chain, "closing transaction");
                break;
            case DurableEvent.ClosingAgreed:
                Arrow(Channel, Chain, "closing transaction");
                break;
            case DurableEvent.ForceClosed closed:
                if (closed.SendError) Arrow(Channel, Peer, "error");
                Arrow(Channel, Chain, "commitment transaction");
                break;
        }
    }

    private void Arrow(string from, string to, string text, ArrowKind kind = ArrowKind.Message)
    {
        var (at, number) = Mark();
        _chart.Arrow(from, to, text, kind, at, number);
    }

    // Number and time stand on the first line of an event only.
    private (DateTimeOffset? At, long? Number) Mark()
    {
        var source = _source;
        _source = null;
        return (source?.At, source?.Number);
    }
}
