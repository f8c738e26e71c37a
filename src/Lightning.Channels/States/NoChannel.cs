using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Opening;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>There is no channel yet.</summary>
public sealed record NoChannel : UnfundedState
{
    internal NoChannel(OutgoingLedger outgoing)
        : base(outgoing)
    {
    }

    internal static NoChannel Instance { get; } = new(OutgoingLedger.Empty);

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        TransientEvent.OpenSent sent => new WaitForAccept(Outgoing, sent.Command, sent.Local, sent.Feerate),
        TransientEvent.AcceptSent sent => new WaitForFundingCreated(Outgoing, sent.Parameters, sent.Open, new ChannelLink(LinkStatus.Online, sent.Connection, sent.Features)),

        // Replay does not see the steps before.
        DurableEvent.FundingCreated created => WaitForFundingSigned.After(this, created),
        DurableEvent.FundingAccepted accepted => WaitForFundingConfirmed.After(this, accepted),
        DurableEvent.RestoredFromBackup restored => WaitForRemoteClose.After(this, restored),
        _ => null,
    };

    private protected override bool HandleHere(Turn turn, ChannelCommand command)
    {
        switch (command)
        {
            case ChannelCommand.OpenAsInitiator open:
                Open(turn, open);
                return true;
            case ChannelCommand.AcceptOpen accept:
                Accept(turn, accept);
                return true;
            case ChannelCommand.RestoreFromBackup restore:
                Restore(turn, restore);
                return true;
            default:
                return false;
        }
    }

    private static void Open(Turn turn, ChannelCommand.OpenAsInitiator open)
    {
        // Clamped before it is multiplied; what is out of range is refused below.
        var amount = Satoshi.Max(Satoshi.Zero, Satoshi.Min(open.Amount, Satoshi.MaxMoney));
        var local = OpeningTerms.Local(turn.Config, turn.Signer.Basepoints, amount, remoteDustLimit: null, open.CommitToShutdownScript ? open.ShutdownScript : null);
        var feerate = FeeratePolicy.Wanted(open.Type, turn.Environment);
        if (OpeningRules.Violation(open, local, feerate, turn.Config) is { } violation)
        {
            turn.Refuse(open, CommandRefusal.Invalid, violation);
            turn.Record(new TransientEvent.OpenAborted(violation));
            return;
        }

        turn.Record(new TransientEvent.OpenSent(open, local, feerate));
        turn.Send(OpeningTerms.OpenMessage(
            turn.Config, open.TemporaryId, open.Amount, open.Push, open.Type, open.Announce, local, feerate, turn.Signer.PerCommitmentPoint(0)));
    }

    private static void Restore(Turn turn, ChannelCommand.RestoreFromBackup restore)
    {
        var backup = restore.Backup;
        if (backup.Parameters.Local.Basepoints != turn.Signer.Basepoints)
        {
            turn.Refuse(restore, CommandRefusal.Invalid, "The backup is of a channel with other keys.");
            return;
        }

        turn.Record(new DurableEvent.RestoredFromBackup(backup.Parameters, backup.Funding, backup.BlockHeight));
        turn.State.Resume(turn);
        turn.Act(new ChannelAction.ReportClosing());
    }

    private static void Accept(Turn turn, ChannelCommand.AcceptOpen accept)
    {
        var open = accept.Message;
        if (OpeningRules.Violation(open, accept.Features, turn.Signer.Basepoints, turn.Environment, out var type) is { } violation)
        {
            turn.Send(new Error(open.TemporaryChannelId, violation));
            turn.Refuse(accept, CommandRefusal.PeerFailed, violation);
            turn.Record(new TransientEvent.OpenAborted(violation));
            return;
        }

        var remote = OpeningTerms.Of(open);
        var local = OpeningTerms.Local(turn.Config, turn.Signer.Basepoints, open.Funding, remote.DustLimit, accept.CommitToShutdownScript ? accept.ShutdownScript : null);
        if (local.DustLimit > remote.ChannelReserve) local = local with { DustLimit = remote.ChannelReserve };
        if (local.DustLimit < turn.Config.DustLimit)
        {
            const string Reason = "channel_reserve_satoshis is below this node's dust limit.";
            turn.Send(new Error(open.TemporaryChannelId, Reason));
            turn.Refuse(accept, CommandRefusal.PeerFailed, Reason);
            turn.Record(new TransientEvent.OpenAborted(Reason));
            return;
        }

        var parameters = new ChannelParameters(
            accept.Key, accept.KeyIndex, accept.Peer, IsInitiator: false, type, open.AnnounceChannel, open.TemporaryChannelId, local, remote, accept.ShutdownScript, Math.Max(1, turn.Config.MinimumDepth));
        turn.Record(new TransientEvent.AcceptSent(parameters, open, accept.Connection, accept.Features));
        turn.Send(OpeningTerms.AcceptMessage(parameters, turn.Signer.PerCommitmentPoint(0)));
    }
}
