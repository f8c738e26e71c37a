using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Metrics;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>
/// Who may spend which on-chain coin. The keys are the chain wallet's; which coins are spoken for is durable here. Fundings and claims are made one after the
/// other: a coin that is chosen but not locked yet is not chosen again. Openings leave a reserve for the fees of force closings; claims may use it.
/// </summary>
internal sealed class WalletActor : PersistentEntity
{
    /// <summary>Where its events stand.</summary>
    public const string Name = "wallet";

    /// <summary>Requests that wait at most.</summary>
    private const int MaxWaiting = 1_000;

    private const string Overloaded = "The wallet has too many requests waiting.";

    /// <summary>How long the wallet and its backend may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly NodeRuntime _node;
    private readonly LinkedList<object> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private WalletState _state = WalletState.Empty;
    private object? _making;
    private bool _isShort;

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
        foreach (var channel in _state.Unkept) _node.Actors.Channels.Tell(new CoinsHeld(channel));
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        Context.System.EventStream.Subscribe(Self, typeof(NewTip));
    }

    /// <inheritdoc/>
    protected override object? TakeSnapshot() => _state.ToSnapshot();

    /// <inheritdoc/>
    protected override void RestoreSnapshot(object snapshot) => _state = WalletState.Of((WalletSnapshot)snapshot);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
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
                Answer(fund.Channel, new ChannelCommand.FundingFailed(Overloaded));
                break;
            case FundClaim claim when _waiting.Count >= MaxWaiting:
                Answer(claim.Channel, new ChannelCommand.ClaimNotFunded(claim.Number, Overloaded));
                break;
            case FundChannel or ReleaseCoins or FundClaim or ReleaseClaimCoins or KeepReserve { IsNeeded: false }:
                // In order: a release concerns what was asked for before it, also what is being made at this moment. What still waits is not even begun: where blocks come faster
                // than coins are signed, channels ask anew with each of them, and only the newest question is worth an answer.
                if (command is ReleaseClaimCoins release && !Concerns(release)) break;
                _waiting.AddLast(command);
                HandleNext();
                break;
            case KeepReserve or FundingIsDurable:
                Write([.. Changes(command)], static () => { });
                break;
            case Made made:
                _making = null;
                Keep(made);
                break;
            case ClaimMade made:
                _making = null;
                Write([.. _state.Forgettable(made.Coins, _node.Tip.Height), made.Locked], () =>
                {
                    Log.Info("Channel {0}: claim {1} gets {2} coins, it pays {3}", made.Locked.Id.Channel, made.Locked.Id.Number, made.Locked.Coins.Count, made.Locked.Fee);
                    Give(made.Locked);
                    HandleNext();
                });
                break;
            case NotMade failed:
                _making = null;
                Refuse(failed.Request, failed.Cause);
                HandleNext();
                break;
            case GiveSweepScript give:
                ScriptAsync(give.Channel).PipeTo(Self, failure: e => new NotMade(give, e));
                break;
            case ScriptMade made:
                Answer(made.Channel, new ChannelCommand.SweepScriptGiven(made.Script));
                break;
            case NewTip when _state.Reserving.Count > 0 || _isShort:
                BalanceAsync(_state).PipeTo(Self, failure: static e => new NotRead(e));
                break;
            case NewTip:
                NodeMetrics.Reserve(Satoshi.Zero, Satoshi.Zero);
                break;
            case WalletBalance balance:
                CompareReserve(balance);
                break;
            case NotRead unread:
                Log.Debug("The wallet cannot be read: {0}", unread.Cause.Message);
                break;
            case GetBalance:
                BalanceAsync(_state).PipeTo(
                    Sender, Self, failure: static e => new Refused(LightningErrorKind.Unavailable, $"The wallet cannot be read: {e.Message}"));
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    private void HandleNext()
    {
        while (_making is null && _waiting.First is { Value: var next } first)
        {
            _waiting.Remove(first);
            switch (next)
            {
                case FundChannel fund when _state.Locks.TryGetValue(fund.Channel, out var locked):
                    Give(fund, locked);
                    break;
                case FundClaim claim when _state.Claims.TryGetValue(claim.Id, out var locked):
                    Give(locked);
                    break;
                case FundChannel fund:
                    _making = fund;
                    MakeAsync(fund).PipeTo(Self, failure: e => new NotMade(fund, e));
                    break;
                case FundClaim claim:
                    _making = claim;
                    MakeAsync(claim).PipeTo(Self, failure: e => new NotMade(claim, e));
                    break;
                default:
                    if (Changes(next).ToArray() is not { Length: > 0 } changes) break;
                    Write(changes, () =>
                    {
                        foreach (var change in changes) LogRelease(change);
                        HandleNext();
                    });
                    return;
            }
        }
    }

    // Takes back what waits, and tells whether there is more to it.
    private bool Concerns(ReleaseClaimCoins release)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var (request, next) = (node.Value, node.Next);
            if (request is FundClaim claim && release.Covers(claim.Id)) _waiting.Remove(node);
            node = next;
        }

        return (_making is FundClaim made && release.Covers(made.Id)) || _state.ClaimsOf(release.Channel).Any(release.Covers);
    }

    // What a message changes that is not answered: nothing, where it is so already.
    private IEnumerable<object> Changes(object message)
    {
        switch (message)
        {
            case ReleaseCoins { Channel: var channel }:
                if (_state.Locks.ContainsKey(channel)) yield return new CoinsReleased(channel);
                if (_state.Reserving.Contains(channel)) yield return new ReserveKept(channel, IsNeeded: false);
                break;
            case ReleaseClaimCoins release:
                foreach (var id in _state.ClaimsOf(release.Channel))
                {
                    if (release.Covers(id)) yield return new ClaimCoinsReleased(id);
                }

                break;
            case KeepReserve keep:
                if (_state.Reserving.Contains(keep.Channel) != keep.IsNeeded) yield return new ReserveKept(keep.Channel, keep.IsNeeded);
                if (keep.IsNeeded) break;
                foreach (var id in _state.ClaimsOf(keep.Channel)) yield return new ClaimCoinsReleased(id);
                break;
            case FundingIsDurable { Channel: var channel } when _state.Locks.ContainsKey(channel) && !_state.Kept.Contains(channel):
                yield return new FundingKept(channel);
                break;
        }
    }

    private void Keep(Made made)
    {
        var request = made.Request;
        var locked = CoinsLocked.By(request.Channel, made.Transaction, made.OutputIndex, _node.Tip.Height);
        List<object> events = [.. _state.Forgettable(made.Coins, _node.Tip.Height), locked];
        if (request.NeedsReserve) events.Add(new ReserveKept(request.Channel, IsNeeded: true));
        Write(events, () =>
        {
            Log.Info("Channel {0}: funding {1} of {2} is made and its coins are locked", locked.Channel, made.Transaction.TxId, request.Amount);
            Give(request, locked);
            HandleNext();
        });
    }

    // Channels that others open come without a reserve, and the coins that closed one channel are missing for the next: whoever adds none would not be able to raise a fee.
    private void CompareReserve(WalletBalance balance)
    {
        var required = balance.ReservedForAnchors + balance.ReserveMissing;
        NodeMetrics.Reserve(required, balance.ReserveMissing);
        var isShort = balance.ReserveMissing > Satoshi.Zero;
        if (isShort && !_isShort)
        {
            Log.Warning(
                "The wallet holds {0} of the {1} that {2} channels may need for the fees of closing them by force: put coins into it, or deadlines on chain may be missed",
                balance.ReservedForAnchors,
                required,
                _state.Reserving.Count);
        }
        else if (!isShort && _isShort)
        {
            Log.Info("The wallet has again what its channels may need for the fees of closing them by force: {0}", required);
        }

        _isShort = isShort;
    }

    private void LogRelease(object change)
    {
        if (change is CoinsReleased released) Log.Info("Channel {0}: the coins of its funding are free again", released.Channel);
        else if (change is ClaimCoinsReleased claim) Log.Info("Channel {0}: the coins of claim {1} are free again", claim.Id.Channel, claim.Id.Number);
    }

    private async Task<Made> MakeAsync(FundChannel request)
    {
        var (wallet, state, height, reserve) = (_node.Wallet, _state, _node.Tip.Height, _state.ReserveWith(request, _node.Policy.AnchorReservePerChannel));
        using var limit = new CancellationTokenSource(Patience, _node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        var coins = await wallet.ListUnspentAsync(either.Token).ConfigureAwait(false);
        var (transaction, index) = await FundingTransaction.MakeAsync(wallet, _node.Randomness, request, state.Free(coins), reserve, height, either.Token).ConfigureAwait(false);
        return new Made(request, coins, transaction, index);
    }

    private async Task<ClaimMade> MakeAsync(FundClaim request)
    {
        var (wallet, state, height) = (_node.Wallet, _state, _node.Tip.Height);
        using var limit = new CancellationTokenSource(Patience, _node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        var coins = await wallet.ListUnspentAsync(either.Token).ConfigureAwait(false);
        var locked = await ClaimTransaction.MakeAsync(
            wallet, request.Id, request.Request, state.Reusable(request), state.FreeForClaims(coins), height, either.Token).ConfigureAwait(false);
        return new ClaimMade(coins, locked);
    }

    private async Task<ScriptMade> ScriptAsync(LocalChannelKey channel)
    {
        using var limit = new CancellationTokenSource(Patience, _node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        return new ScriptMade(channel, (await _node.Wallet.NewAddressAsync(either.Token).ConfigureAwait(false)).ScriptPubKey);
    }

    private async Task<WalletBalance> BalanceAsync(WalletState state)
    {
        var (wallet, reserve) = (_node.Wallet, _node.Policy.AnchorReservePerChannel * state.Reserving.Count);
        using var limit = new CancellationTokenSource(Patience, _node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        var (confirmed, unconfirmed, spokenFor) = (Satoshi.Zero, Satoshi.Zero, Satoshi.Zero);
        foreach (var coin in await wallet.ListUnspentAsync(either.Token).ConfigureAwait(false))
        {
            if (coin.Confirmations == 0) unconfirmed += coin.Output.Value;
            else
            {
                confirmed += coin.Output.Value;
                if (state.Locked.ContainsKey(coin.OutPoint)) spokenFor += coin.Output.Value;
            }
        }

        var kept = Satoshi.Min(reserve, confirmed - spokenFor);
        return new WalletBalance(confirmed, unconfirmed, spokenFor, kept, reserve - kept);
    }

    private void Give(FundChannel request, CoinsLocked locked)
    {
        var wanted = new TxOut(request.Amount, request.Script);
        Answer(request.Channel, locked.Transaction is { } transaction && transaction.Outputs[locked.OutputIndex] == wanted
            ? new ChannelCommand.FundingMade(transaction, locked.OutputIndex)
            : new ChannelCommand.FundingFailed("This channel has been funded otherwise already."));
    }

    private void Give(ClaimCoinsLocked locked) =>
        Answer(locked.Id.Channel, new ChannelCommand.ClaimFunded(locked.Id.Number, locked.Transaction, locked.Coins, locked.Fee));

    private void Refuse(object request, Exception cause)
    {
        var reason = cause is LightningException ? cause.Message : $"The wallet cannot be used now: {cause.Message}";
        switch (request)
        {
            case FundChannel fund:
                Log.Warning("Channel {0} cannot be funded: {1}", fund.Channel, reason);
                Answer(fund.Channel, new ChannelCommand.FundingFailed(reason, cause is LightningException { Kind: LightningErrorKind.InsufficientFunds }));
                break;
            case FundClaim claim:
                Log.Warning("Channel {0}: claim {1} gets no coins: {2}", claim.Channel, claim.Number, reason);
                Answer(claim.Channel, new ChannelCommand.ClaimNotFunded(claim.Number, reason));
                break;
            case GiveSweepScript give:
                Log.Warning("Channel {0} gets no script for its money: {1}", give.Channel, reason);
                break;
        }
    }

    private void Answer(LocalChannelKey channel, ChannelCommand answer) => _node.Actors.Channels.Tell(new ChannelRequest(channel, answer));

    private sealed record Made(FundChannel Request, ImmutableArray<Coin> Coins, Transaction Transaction, ushort OutputIndex);

    private sealed record ClaimMade(ImmutableArray<Coin> Coins, ClaimCoinsLocked Locked);

    private sealed record ScriptMade(LocalChannelKey Channel, Script Script);

    private sealed record NotMade(object Request, Exception Cause);

    private sealed record NotRead(Exception Cause);
}
