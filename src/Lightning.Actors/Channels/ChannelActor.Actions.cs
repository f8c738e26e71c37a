using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Chain;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Gossip;
using Lightning.Actors.Metrics;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Peers;
using Lightning.Actors.Registry;
using Lightning.Actors.Wallet;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Actors.Channels;

/// <content>What a decision wants done.</content>
internal sealed partial class ChannelActor
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly Queue<ChannelAction> _actions = new();

    /// <summary>Results that their origins have not acknowledged yet.</summary>
    private readonly Dictionary<HtlcOrigin, ChannelAction> _results = [];

    private ShortChannelId? _shortChannelId;
    private ShortChannelId? _remoteAlias;
    private bool _isReady;
    private bool _isClosing;
    private bool _isSettled;
    private bool _hasEnded;

    /// <summary>Searches of the journal for what a revoked commitment held.</summary>
    private int _searches;
    private long _searchedAt;

    // A preimage proves itself: it waits neither for a write nor for what is queued.
    private void PerformAtOnce(ImmutableArray<ChannelAction> actions)
    {
        foreach (var action in actions) Perform(action);
    }

    private void Perform(ImmutableArray<ChannelAction> actions)
    {
        foreach (var action in actions) _actions.Enqueue(action);
        PerformQueued();
    }

    private void PerformQueued()
    {
        while (_assigning is null && _actions.TryDequeue(out var action)) Perform(action);
    }

    private void Perform(ChannelAction action)
    {
        _node.Performing?.Invoke(_key, action);
        switch (action)
        {
            case ChannelAction.Send send:
                if (_link is { } link) link.Actor.Tell(new ChannelOutbound(link.Id, _key, Epoch, send.Message));
                break;
            case ChannelAction.Disconnect disconnect:
                if (_link is { } current) current.Actor.Tell(new CloseConnection(current.Id, disconnect.Reason));
                break;
            case ChannelAction.HtlcReceived received:
                OnHtlcReceived(received);
                break;
            case ChannelAction.ForwardFixed forward:
                OnForwardFixed(forward);
                break;
            case ChannelAction.SettlementAccepted accepted:
                OnSettlementAccepted(accepted.HtlcId);
                break;
            case ChannelAction.HtlcAccepted accepted:
                Tell(accepted.Origin, accepted);
                break;
            case ChannelAction.HtlcRefused refused:
                Tell(refused.Origin, refused);
                break;
            case ChannelAction.HtlcFulfilled fulfilled:
                _results[fulfilled.Origin] = fulfilled;
                Tell(fulfilled.Origin, fulfilled);
                break;
            case ChannelAction.HtlcFailed failed:
                _results[failed.Origin] = failed;
                Tell(failed.Origin, failed);
                break;
            default:
                PerformRare(action);
                break;
        }
    }

    private void PerformRare(ChannelAction action)
    {
        switch (action)
        {
            case ChannelAction.AssignChannelId assign:
                KeepReserve();
                BeginAssigning(assign);
                break;
            case ChannelAction.RequestFunding request:
                _node.Actors.Wallet.Tell(new FundChannel(_key, request.Script, request.Amount, request.Feerate, _state.Parameters is { Type.Anchors: true }));
                break;
            case ChannelAction.ReleaseFunding:
                _node.Actors.Wallet.Tell(new ReleaseCoins(_key));
                break;
            case ChannelAction.FindRevokedCommitment:
                _searches = 0;
                FindRevokedCommitment();
                break;
            case ChannelAction.ReportReady ready:
                (_shortChannelId, _remoteAlias, _isReady) = (ready.ShortChannelId, ready.RemoteAlias, true);
                Publish();
                _node.Actors.Peers.Tell(new ChannelIsReady(_state.Parameters!.Peer, _key));
                Register();
                break;
            case ChannelAction.AnnounceChannel announce:
                _node.Actors.Gossip.Tell(new OwnGossip(announce.Announcement));
                break;
            case ChannelAction.AnnouncePolicy announce:
                _node.Actors.Gossip.Tell(new OwnGossip(announce.Update));
                break;
            case ChannelAction.ReportClosing:
                _isClosing = true;
                Publish();
                break;
            case ChannelAction.ReportClosed closed:
                OnClosed(closed.Reason);
                break;
            case ChannelAction.CommandDone done:
                Answer(done.Command, done.Command is ChannelCommand.OpenAsInitiator && _state is FundedState funded
                    ? new ChannelOpened(funded.Commitments.Latest.Funding.OutPoint)
                    : Done.Instance);
                break;
            case ChannelAction.CommandRefused refused:
                Log.Info("Channel {0}: {1} has no effect: {2} {3}", _key, refused.Command.GetType().Name, refused.Reason, refused.Detail);
                Answer(refused.Command, new Refused(KindOf(refused.Reason), refused.Detail));
                break;
            case ChannelAction.ReportRogueSpend rogue:
                NodeMetrics.RogueSpend();
                Log.Error("Channel {0}: transaction {1}, which this node never signed, spends the funding output. Somebody else may have this node's keys.", _key, rogue.Transaction.TxId);
                break;
            case ChannelAction.ReportEarlyFailure early:
                NodeMetrics.FailedEarly();
                Log.Warning(
                    "Channel {0}: HTLC {1} is failed upstream before the chain has decided it, for what it came from expires at block {2}: whoever has its preimage can still take it from this node.",
                    _key,
                    early.HtlcId,
                    early.IncomingExpiry);
                break;
            case ChannelAction.FundClaim fund:
                _node.Actors.Wallet.Tell(new FundClaim(_key, fund.Number, fund.Request));
                break;
            case ChannelAction.ReleaseClaimCoins release:
                _node.Actors.Wallet.Tell(new ReleaseClaimCoins(_key, release.Number, release.AndLater));
                break;
            case ChannelAction.RequestSweepScript:
                _node.Actors.Wallet.Tell(new GiveSweepScript(_key));
                break;
            case ChannelAction.ReportReopened:
                Reopen();
                break;
            case ChannelAction.ReportForgotten:
                break;
            default:
                _node.Actors.ChainMonitor.Tell(ChainCommand.For(_key, action, _bornAt) ?? throw new NotSupportedException($"{action.GetType().Name} is not performed by this shell."));
                break;
        }
    }

    // Idempotent, and said again with every block: what is lost on the way is heard then.
    private void KeepReserve()
    {
        if (_state is FundedState { Parameters.Type.Anchors: true }) _node.Actors.Wallet.Tell(new KeepReserve(_key, _state is not Closed));
    }

    // Again until it is found: a database that cannot be read at one moment must not save a cheat from his penalty. But seldom after a while, for each time the whole journal is read.
    private void FindRevokedCommitment()
    {
        if (_state is not Lightning.Channels.States.Closing { RevokedSpec: null, Spend: { Kind: SpendKind.RevokedCommitment } spend } || Context.GetChildren().Any()) return;
        if (_searches > 0 && _node.Time.GetElapsedTime(_searchedAt) < SearchPause(_searches)) return;
        if (_searches == 1) Log.Error("Channel {0}: what the peer's revoked commitment {1} held was not found in the journal; it is searched for again, less and less often", _key, spend.CommitmentNumber);
        _searches++;
        _searchedAt = _node.Time.GetTimestamp();
        Context.ActorOf(RevokedCommitmentReader.Props(_key, spend.CommitmentNumber, Self));
    }

    /// <summary>How long to wait after so many searches: five seconds at first, an hour in the end.</summary>
    internal static TimeSpan SearchPause(int searches) => searches > 9 ? LongestPause : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, RepeatInterval.Ticks << (searches - 1)));

    private static LightningErrorKind KindOf(CommandRefusal reason) => reason switch
    {
        CommandRefusal.Offline => LightningErrorKind.PeerNotConnected,
        CommandRefusal.Invalid => LightningErrorKind.InvalidArgument,
        CommandRefusal.InsufficientBalance => LightningErrorKind.InsufficientFunds,
        CommandRefusal.PeerFailed => LightningErrorKind.RejectedByPeer,
        _ => LightningErrorKind.FailedPrecondition,
    };

    private void Answer(ChannelCommand command, object answer)
    {
        if (_operators.Remove(command, out var sender)) sender.Tell(answer);
    }

    // The state as others in this process see it.
    private void Publish()
    {
        MeasureStage();
        if (_state is FundedState && !_state.IsFinal)
            _node.Directory.Update(new ChannelEntry(_key, _state, PlaceOnChain, _remoteAlias, _isReady, _isClosing) { Totals = new ChannelTotals(_book.Pushed, _book.Sent, _book.Received) });
    }

    private void Tell(HtlcOrigin origin, ChannelAction news)
    {
        switch (origin)
        {
            case HtlcOrigin.Local local:
                _node.Actors.Payments.Tell(
                    news switch
                    {
                        ChannelAction.HtlcAccepted => new HtlcAccepted(local, _key),
                        ChannelAction.HtlcRefused refused => new HtlcRefused(local, _key, refused.Reason),
                        ChannelAction.HtlcFulfilled fulfilled => new HtlcFulfilled(local, _key, fulfilled.Preimage, fulfilled.AttributionData),
                        ChannelAction.HtlcFailed failed => new HtlcFailed(local, _key, failed.Failure),
                        _ => throw new NotSupportedException($"{news.GetType().Name} is no news of an HTLC."),
                    },
                    Self);
                break;
            case HtlcOrigin.Relayed relayed:
                _node.Actors.Channels.Tell(
                    news switch
                    {
                        ChannelAction.HtlcAccepted => new ForwardAccepted(relayed.Channel, relayed.HtlcId, _key),
                        ChannelAction.HtlcRefused refused => new ForwardRefused(relayed.Channel, relayed.HtlcId, _key, refused.Reason),
                        ChannelAction.HtlcFulfilled fulfilled => new ForwardFulfilled(relayed.Channel, relayed.HtlcId, _key, fulfilled.Preimage, fulfilled.AttributionData),
                        ChannelAction.HtlcFailed failed => new ForwardFailed(relayed.Channel, relayed.HtlcId, _key, failed.Failure),
                        _ => throw new NotSupportedException($"{news.GetType().Name} is no news of an HTLC."),
                    },
                    Self);
                break;
        }
    }
}
