using System.Globalization;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Updates;

namespace Lightning.Actors.Charts;

/// <content>What a channel has its shell do.</content>
public static partial class Describe
{
    /// <summary>An action of a channel.</summary>
    public static string Action(ChannelAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return action switch
        {
            ChannelAction.Send send => $"send {Message(send.Message)}",
            ChannelAction.Disconnect disconnect => $"disconnect: {Text(disconnect.Reason)}",
            ChannelAction.AssignChannelId assign => $"channel id {Short(assign.Id.ToString())} assigned, funding {Short(assign.Funding)}",
            ChannelAction.ReportReady { ShortChannelId: { } id } => $"ready as {id}",
            ChannelAction.ReportReady => "ready",
            ChannelAction.AnnounceChannel announce => $"announce {announce.Announcement.ShortChannelId} to the network",
            ChannelAction.AnnouncePolicy announce => $"tell the network: {Message(announce.Update)}",
            ChannelAction.ReportClosing => "no new HTLCs",
            ChannelAction.ReportClosed closed => $"over: {closed.Reason}",
            ChannelAction.CommandDone done => $"{Command(done.Command)} done",
            ChannelAction.CommandRefused refused => $"{Command(refused.Command)} refused: {refused.Reason}, {Text(refused.Detail)}",
            ChannelAction.ReportReopened => "open again: its end is undone",
            ChannelAction.ReportForgotten => "forgotten",
            _ => OfTheChain(action) ?? OfTheWallet(action) ?? OfHtlcs(action) ?? action.GetType().Name,
        };
    }

    private static string? OfTheWallet(ChannelAction action) => action switch
    {
        ChannelAction.RequestFunding request => $"wallet asked for {Sat(request.Amount)} at {request.Feerate}",
        ChannelAction.ReleaseFunding { Transaction: { } transaction } => $"coins of {Short(transaction.TxId)} released",
        ChannelAction.ReleaseFunding => "coins released",
        ChannelAction.FundClaim fund => string.Create(CultureInfo.InvariantCulture, $"wallet asked for coins for claim {fund.Number} at {fund.Request.Feerate}, fee at most {Sat(fund.Request.MaxFee)}"),
        ChannelAction.ReleaseClaimCoins { AndLater: true } release => string.Create(CultureInfo.InvariantCulture, $"coins of claim {release.Number} and later ones released"),
        ChannelAction.ReleaseClaimCoins release => string.Create(CultureInfo.InvariantCulture, $"coins of claim {release.Number} released"),
        ChannelAction.RequestSweepScript => "wallet asked for a script",
        _ => null,
    };

    private static string? OfTheChain(ChannelAction action) => action switch
    {
        ChannelAction.Publish { Parent: { } parent } publish => $"publish {Short(publish.Transaction.TxId)} with its parent {Short(parent.TxId)}: {publish.Purpose}",
        ChannelAction.StopPublishing stop => $"publish {Short(stop.TxId)} no more",
        ChannelAction.CheckFunding check => $"how does funding {Short(check.Funding)} stand?",
        ChannelAction.ReportRogueSpend rogue => $"funding spent by {Short(rogue.Transaction.TxId)}, which this node never signed",
        ChannelAction.ReportEarlyFailure early => string.Create(CultureInfo.InvariantCulture, $"HTLC {early.HtlcId} is failed early: what it came from expires at {early.IncomingExpiry}"),
        ChannelAction.Publish publish => $"publish {Short(publish.Transaction.TxId)}: {publish.Purpose}",
        ChannelAction.WatchFundingConfirmed watch => $"watch {Short(watch.Funding)} until {Count(watch.MinimumDepth, "block")} deep",
        ChannelAction.WatchFundingSpent watch => $"watch funding {Short(watch.Funding)} for a spend",
        ChannelAction.WatchOutputSpent watch => $"watch output {Short(watch.Output)} for a spend",
        ChannelAction.FindRevokedCommitment find => string.Create(CultureInfo.InvariantCulture, $"find revoked commitment {find.CommitmentNumber}"),
        _ => null,
    };

    private static string? OfHtlcs(ChannelAction action) => action switch
    {
        ChannelAction.HtlcReceived received => string.Create(
            CultureInfo.InvariantCulture, $"HTLC {received.Htlc.Id} received: {Msat(received.Htlc.Amount)}{(received.MustFail ? ", must fail" : "")}{(received.Forward is { } to ? $", goes on over {to}" : "")}"),
        ChannelAction.ForwardFixed forward => string.Create(CultureInfo.InvariantCulture, $"HTLC {forward.HtlcId} fixed to channel {forward.Outgoing}"),
        ChannelAction.SettlementAccepted accepted => string.Create(CultureInfo.InvariantCulture, $"settlement of HTLC {accepted.HtlcId} accepted"),
        ChannelAction.HtlcAccepted accepted => string.Create(CultureInfo.InvariantCulture, $"HTLC {accepted.HtlcId} accepted for {Origin(accepted.Origin)}"),
        ChannelAction.HtlcRefused refused => $"HTLC refused for {Origin(refused.Origin)}: {refused.Reason}",
        ChannelAction.HtlcFulfilled fulfilled => $"HTLC fulfilled for {Origin(fulfilled.Origin)}",
        ChannelAction.HtlcFailed failed => $"HTLC failed for {Origin(failed.Origin)}: {Failure(failed.Failure)}",
        _ => null,
    };

    private static string Failure(HtlcFailure failure) => failure switch
    {
        HtlcFailure.Remote => "update_fail_htlc",
        HtlcFailure.Malformed malformed => string.Create(CultureInfo.InvariantCulture, $"update_fail_malformed_htlc 0x{malformed.FailureCode:x4}"),
        HtlcFailure.OnChain => "on chain",
        _ => failure.GetType().Name,
    };

    private static string Command(ChannelCommand command) => command switch
    {
        ChannelCommand.OpenAsInitiator => "opening",
        ChannelCommand.AcceptOpen => "acceptance",
        ChannelCommand.CloseMutual => "mutual close",
        ChannelCommand.ForceClose => "force close",
        ChannelCommand.SetPolicy => "change of terms",
        ChannelCommand.UpdateFee fee => $"fee update to {fee.Feerate}",
        _ => "command",
    };
}
