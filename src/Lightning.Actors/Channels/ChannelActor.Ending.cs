using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Chain;
using Lightning.Actors.Metrics;
using Lightning.Actors.Node;
using Lightning.Actors.Peers;
using Lightning.Actors.Registry;
using Lightning.Channels;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Actors.Channels;

/// <content>The way of a channel through the chain to its end, as people are told of it.</content>
internal sealed partial class ChannelActor
{
    /// <summary>What the journal says of the channel's money beyond its state.</summary>
    private readonly ChannelBook _book = new();

    /// <summary>What the channel was last, before it was closed.</summary>
    private FundedState? _last;

    private ChannelGauge _gauge;

    // After a restart on its way out nothing reports the channel as ready again.
    private ShortChannelId? PlaceOnChain => _shortChannelId ?? (_state is WaitForFundingSigned or WaitForFundingConfirmed or WaitForChannelReady ? null : _book.ShortChannelId);

    private void Book(DurableEvent happened)
    {
        _book.Add(happened);
        if (_state is FundedState and not Closed) _last = (FundedState)_state;
    }

    // What a decision did on chain, once it is written: in words, and in numbers.
    private void TellNews(Decision decision, ChannelState before)
    {
        if (!decision.Durable.Any(static one => IsNews(one))) return;
        var state = before;
        foreach (var happened in decision.Events)
        {
            var previous = state;
            state = state.Apply(happened);
            if (happened is not DurableEvent durable || !IsNews(durable)) continue;
            Count(durable, previous, state);
            foreach (var (level, text) in OnChainNews.Of(durable, previous, state, _signer!, _node.Tip.Height, _node.ChannelConfig)) Say(level, text);
        }
    }

    private static bool IsNews(DurableEvent happened) => happened
        is DurableEvent.ForceClosed or DurableEvent.FundingSpent or DurableEvent.ClaimPublished or DurableEvent.OutputSpent
        or DurableEvent.SpendUndone or DurableEvent.PreimagesLearned or DurableEvent.HtlcsFailedOnChain or DurableEvent.PaidTooLate or DurableEvent.FundingAwaited;

    private static void Count(DurableEvent happened, ChannelState before, ChannelState after)
    {
        switch (happened)
        {
            case DurableEvent.FundingSpent spent:
                NodeMetrics.Closing(spent.Kind);
                break;
            case DurableEvent.ClaimPublished { Attempt: var attempt } when before is Lightning.Channels.States.Closing closing:
                var inputs = attempt.Transaction.Inputs.Select(static input => input.PreviousOutput).ToHashSet();
                NodeMetrics.Published(attempt, closing.Attempts.Items.Any(one => one.Transaction.Inputs.Any(input => inputs.Contains(input.PreviousOutput))));
                break;
            case DurableEvent.OutputSpent spent when after is Lightning.Channels.States.Closing closing:
                if (closing.Attempts.Items.FirstOrDefault(one => one.Transaction.TxId == spent.Transaction.TxId) is { } paid) NodeMetrics.Paid(paid);
                break;
        }
    }

    // With every block: what is near its deadline, and what is past it.
    private void WatchDeadlines()
    {
        if (_state is not Lightning.Channels.States.Closing closing || _signer is null) return;
        var height = _node.Tip.Height;
        var report = OnChainReport.Of(closing, _signer, height, _node.ChannelConfig);
        Measure(new ChannelGauge(StageOf(closing), report.Limbo.Value, report.Outputs.Where(static one => one.Output.Spend is null).Select(one => one.BlocksLeft(height)).Min()));
        foreach (var (level, text) in OnChainNews.OfDeadlines(report, height))
        {
            if (level == LogLevel.ErrorLevel) NodeMetrics.Late();
            Say(level, text);
        }
    }

    // What only blocks change is left as the last one had it.
    private void MeasureStage()
    {
        if (_state is FundedState && !_state.IsFinal) Measure(_gauge with { Stage = StageOf(_state) });
    }

    private void Measure(ChannelGauge gauge)
    {
        if (gauge == _gauge) return;
        _gauge = gauge;
        NodeMetrics.Is(_key, gauge);
    }

    private void MeasureNoMore()
    {
        _gauge = default;
        NodeMetrics.Gone(_key);
    }

    private static string StageOf(ChannelState state) => ChannelViews.StageOf(state) switch
    {
        _ when state is Normal or ShuttingDown => "open",
        PendingChannelStage.Opening => "opening",
        PendingChannelStage.ForceClosing => "force_closing",
        _ => "waiting_close",
    };

    private void Say(LogLevel level, string text)
    {
        switch (level)
        {
            case LogLevel.ErrorLevel:
                Log.Error("Channel {0}: {1}", _key, text);
                break;
            case LogLevel.WarningLevel:
                Log.Warning("Channel {0}: {1}", _key, text);
                break;
            case LogLevel.InfoLevel:
                Log.Info("Channel {0}: {1}", _key, text);
                break;
            default:
                Log.Debug("Channel {0}: {1}", _key, text);
                break;
        }
    }

    private void OnClosed(CloseReason reason)
    {
        KeepReserve();
        if (_last is not Lightning.Channels.States.Closing && reason == CloseReason.Mutual) NodeMetrics.Closing(SpendKind.Mutual);
        MeasureNoMore();
        if (reason == CloseReason.FundingFailed) Log.Warning("Channel {0} is given up: its funding transaction is in no block, or is not the one that was agreed", _key);
        var ledger = Ledger();
        NodeMetrics.Closed(ledger, reason == CloseReason.PeerCheated);
        Log.Info("Channel {0} is over ({1}): {2} came back. {3}", _key, reason, ledger.OnChain, ledger.ToString().Replace("\n", ", ", StringComparison.Ordinal));
        if (ledger.SentLate > MilliSatoshi.Zero) Log.Warning("Channel {0}: HTLCs of {1} were paid after they had failed to whom they were for; nobody pays that back", _key, ledger.SentLate);
        if (!ledger.AddsUp) Log.Warning("Channel {0}: {1} are not accounted for", _key, ledger.Unexplained);
    }

    private ChannelLedger Ledger() => ChannelLedger.Of(_book, _state, _last, _signer!);

    // An ended channel stays as long as somebody, an invoice too, has not heard what became of an HTLC, or a reorganisation may undo its end.
    private void EndIfDone()
    {
        if (_hasEnded) return;
        if (_state is Closed closed)
        {
            Settle();
            if (TellLosses() || closed.Commitments.Outgoing.Unacknowledged.Any() || !closed.IsForgettable(_node.Tip.Height, _node.ChannelConfig)) return;
        }

        _hasEnded = true;

        // First: who no longer finds the channel in the directory asks the registry how it ended.
        _node.Actors.Registry.Tell(new UnregisterChannel(_key, Summary()));
        Leave();
        _node.Actors.ChainMonitor.Tell(new Unwatch(_key));
        Passivate();
    }

    // It counts as closed, for people and for its peer, and goes on watching.
    private void Settle()
    {
        if (_isSettled) return;
        _isSettled = true;
        _node.Actors.Registry.Tell(new SettleChannel(_key, Summary()!));
        Leave();
    }

    private void Reopen()
    {
        Log.Warning("Channel {0} is open again: a reorganisation of the chain undid its end", _key);
        _isSettled = false;
        _node.Actors.Registry.Tell(new UnsettleChannel(_key));
        Publish();
    }

    private void Leave()
    {
        _node.Directory.Remove(_key);
        if ((_state.Parameters?.Peer ?? _peer) is { } peer) _node.Actors.Peers.Tell(new ChannelIsGone(peer, _key));
    }

    private ClosedChannel? Summary()
    {
        if (_state is not Closed closed) return null;
        var before = closed.Before ?? _last;
        var onChain = before as Lightning.Channels.States.Closing;
        var kind = onChain?.Spend?.Kind;
        var ledger = Ledger();
        return new ClosedChannel
        {
            Funding = closed.Commitments.Latest.Funding.OutPoint,
            Peer = closed.Parameters.Peer,
            ShortChannelId = PlaceOnChain,
            ClosingTxId = (closed.ClosingTransaction ?? (before is null ? null : ChannelViews.ClosingTransaction(before)))?.TxId,
            Capacity = closed.Commitments.Latest.Funding.Capacity,
            CloseHeight = closed.ConfirmedAt > 0 ? closed.ConfirmedAt : onChain?.Spend?.BlockHeight ?? 0,
            SettledBalance = Satoshi.Max(Satoshi.Zero, ledger.OnChain),
            TimeLockedBalance = ledger.Delayed,
            Ledger = ledger,
            Resolutions = onChain is { Spend.Kind: not SpendKind.Mutual } ? [.. ChannelResolution.Of(OnChainReport.Of(onChain, _signer!, closed.FinalAt, _node.ChannelConfig))] : [],
            Kind = closed.Reason switch
            {
                CloseReason.Mutual => CloseKind.Cooperative,
                CloseReason.PeerCheated => CloseKind.Breach,
                CloseReason.FundingFailed => CloseKind.FundingCanceled,
                _ => kind is SpendKind.LocalCommitment or SpendKind.OtherLocalCommitment ? CloseKind.LocalForce : CloseKind.RemoteForce,
            },
            IsInitiator = closed.Parameters.IsInitiator,
            ClosedByUs = closed.Reason switch
            {
                CloseReason.Mutual => null,
                _ => kind is SpendKind.LocalCommitment or SpendKind.OtherLocalCommitment,
            },
        };
    }
}
