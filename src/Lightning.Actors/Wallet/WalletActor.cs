using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;
using Lightning.Channels.Commands;

namespace Lightning.Actors.Wallet;

/// <summary>
/// Who may spend which on-chain coin. The keys are the chain wallet's; which coins are spoken for is durable here. Fundings are made one after the other:
/// a coin that is chosen but not locked yet is not chosen again.
/// </summary>
internal sealed class WalletActor : PersistentEntity
{
    /// <summary>Where its events stand.</summary>
    public const string Name = "wallet";

    /// <summary>Requests that wait at most.</summary>
    private const int MaxWaiting = 1_000;

    /// <summary>How long the wallet and its backend may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly NodeRuntime _node;
    private readonly Queue<object> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private WalletState _state = WalletState.Empty;
    private bool _isFunding;

    public WalletActor(NodeRuntime node)
        : base(Name) => _node = node;

    /// <inheritdoc/>
    protected override int? SnapshotEvery => 200;

    /// <summary>For the node.</summary>
    public static Props Props(NodeRuntime node) => ActorProps.Of<WalletActor>(node);

    /// <inheritdoc/>
    protected override void Apply(object domainEvent) => _state = _state.Apply(domainEvent);

    /// <inheritdoc/>
    protected override void Recovered()
    {
        // A channel whose process ended after the lock and before its own first event is in nobody's list: nothing but this would ever wake it.
        foreach (var channel in _state.Locks.Keys) _node.Actors.Channels.Tell(new CoinsHeld(channel));
    }

    /// <inheritdoc/>
    protected override object? TakeSnapshot() => new WalletSnapshot([.. _state.Locks.Values]);

    /// <inheritdoc/>
    protected override void RestoreSnapshot(object snapshot) => _state = WalletState.Of((WalletSnapshot)snapshot);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case FundChannel fund when _waiting.Count >= MaxWaiting:
                Answer(fund, new ChannelCommand.FundingFailed("The wallet has too many requests waiting."));
                break;
            case FundChannel or ReleaseCoins:
                // In order: a release concerns what was asked for before it, also what is being made at this moment.
                _waiting.Enqueue(command);
                HandleNext();
                break;
            case Made made:
                _isFunding = false;
                var locked = CoinsLocked.By(made.Request.Channel, made.Transaction, made.OutputIndex, _node.Tip.Height);
                Write([.. _state.Forgettable(made.Coins, _node.Tip.Height), locked], () =>
                {
                    Log.Info("Channel {0}: funding {1} of {2} is made and its coins are locked", locked.Channel, made.Transaction.TxId, made.Request.Amount);
                    Give(made.Request, locked);
                    HandleNext();
                });
                break;
            case NotMade failed:
                _isFunding = false;
                Log.Warning("Channel {0} cannot be funded: {1}", failed.Request.Channel, failed.Cause.Message);
                Answer(failed.Request, new ChannelCommand.FundingFailed(failed.Cause is LightningException e ? e.Message : $"The wallet cannot be used now: {failed.Cause.Message}"));
                HandleNext();
                break;
            case GetBalance:
                BalanceAsync(_state.Locked).PipeTo(
                    Sender, Self, failure: static e => new Refused(LightningErrorKind.Unavailable, $"The wallet cannot be read: {e.Message}"));
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    private void HandleNext()
    {
        while (!_isFunding && _waiting.TryDequeue(out var next))
        {
            switch (next)
            {
                case FundChannel fund when _state.Locks.TryGetValue(fund.Channel, out var locked):
                    Give(fund, locked);
                    break;
                case FundChannel fund:
                    _isFunding = true;
                    MakeAsync(fund).PipeTo(Self, failure: e => new NotMade(fund, e));
                    break;
                case ReleaseCoins release when _state.Locks.ContainsKey(release.Channel):
                    Write([new CoinsReleased(release.Channel)], () =>
                    {
                        Log.Info("Channel {0}: the coins of its funding are free again", release.Channel);
                        HandleNext();
                    });
                    return;
            }
        }
    }

    private async Task<Made> MakeAsync(FundChannel request)
    {
        var (wallet, state, height) = (_node.Wallet, _state, _node.Tip.Height);
        using var limit = new CancellationTokenSource(Patience, _node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        var coins = await wallet.ListUnspentAsync(either.Token).ConfigureAwait(false);
        var (transaction, index) = await FundingTransaction.MakeAsync(wallet, _node.Randomness, request, state.Free(coins), height, either.Token).ConfigureAwait(false);
        return new Made(request, coins, transaction, index);
    }

    private async Task<WalletBalance> BalanceAsync(ImmutableHashSet<OutPoint> locked)
    {
        var wallet = _node.Wallet;
        using var limit = new CancellationTokenSource(Patience, _node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        var (confirmed, unconfirmed, spokenFor) = (Satoshi.Zero, Satoshi.Zero, Satoshi.Zero);
        foreach (var coin in await wallet.ListUnspentAsync(either.Token).ConfigureAwait(false))
        {
            if (coin.Confirmations == 0) unconfirmed += coin.Output.Value;
            else
            {
                confirmed += coin.Output.Value;
                if (locked.Contains(coin.OutPoint)) spokenFor += coin.Output.Value;
            }
        }

        return new WalletBalance(confirmed, unconfirmed, spokenFor);
    }

    private void Give(FundChannel request, CoinsLocked locked)
    {
        var wanted = new TxOut(request.Amount, request.Script);
        Answer(request, locked.Transaction is { } transaction && transaction.Outputs[locked.OutputIndex] == wanted
            ? new ChannelCommand.FundingMade(transaction, locked.OutputIndex)
            : new ChannelCommand.FundingFailed("This channel has been funded otherwise already."));
    }

    private void Answer(FundChannel request, ChannelCommand answer) => _node.Actors.Channels.Tell(new ChannelRequest(request.Channel, answer));

    private sealed record Made(FundChannel Request, ImmutableArray<Coin> Coins, Transaction Transaction, ushort OutputIndex);

    private sealed record NotMade(FundChannel Request, Exception Cause);
}
