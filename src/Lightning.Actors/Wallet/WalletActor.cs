using System.Collections.Immutable;
using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>Who may spend which on-chain coin. The keys are the chain wallet's; which coins are spoken for is durable here.</summary>
internal sealed class WalletActor : PersistentEntity
{
    private readonly NodeRuntime _node;
    private readonly Dictionary<LocalChannelKey, ImmutableArray<OutPoint>> _locks = [];
    private readonly HashSet<OutPoint> _locked = [];

    public WalletActor(NodeRuntime node)
        : base("wallet") => _node = node;

    /// <summary>For the node.</summary>
    public static Props Props(NodeRuntime node) => Akka.Actor.Props.Create(() => new WalletActor(node));

    /// <inheritdoc/>
    protected override void Apply(object domainEvent)
    {
        switch (domainEvent)
        {
            case CoinsLocked locked:
                _locks[locked.Channel] = locked.Coins.Items;
                _locked.UnionWith(locked.Coins.Items);
                break;
            case CoinsReleased released:
                if (_locks.Remove(released.Channel, out var coins)) _locked.ExceptWith(coins);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case FundChannel fund:
                _node.Wallet.ListUnspentAsync(CancellationToken.None).PipeTo(
                    Self, success: coins => new Listed(fund, coins), failure: e => new FundingImpossible(fund, $"The wallet cannot be read: {e.Message}"));
                break;
            case Listed listed:
                Select(listed);
                break;
            case FundingImpossible impossible:
                Give(impossible.Request, new ChannelCommand.FundingFailed(impossible.Reason));
                break;
            case Signed signed:
                Give(signed.Request, new ChannelCommand.FundingMade(signed.Transaction, signed.OutputIndex));
                break;
            case SigningFailed failed:
                Write([new CoinsReleased(failed.Request.Channel)], () => Give(failed.Request, new ChannelCommand.FundingFailed(failed.Reason)));
                break;
            case ReleaseCoins release:
                if (_locks.ContainsKey(release.Channel)) Write([new CoinsReleased(release.Channel)], static () => { });
                break;
            case GetBalance:
                var locked = _locked.ToImmutableHashSet();
                BalanceAsync(_node.Wallet, locked).PipeTo(Sender, Self, failure: e => new Status.Failure(e));
                break;
            default:
                Unhandled(command);
                break;
        }
    }

    private static async Task<WalletBalance> BalanceAsync(IChainWallet wallet, ImmutableHashSet<OutPoint> locked)
    {
        var (confirmed, unconfirmed, spokenFor) = (Satoshi.Zero, Satoshi.Zero, Satoshi.Zero);
        foreach (var coin in await wallet.ListUnspentAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (locked.Contains(coin.OutPoint)) spokenFor += coin.Output.Value;
            if (coin.Confirmations > 0) confirmed += coin.Output.Value;
            else unconfirmed += coin.Output.Value;
        }

        return new WalletBalance(confirmed, unconfirmed, spokenFor);
    }

    private void Select(Listed listed)
    {
        var request = listed.Request;
        var free = listed.Coins.Where(coin => !_locked.Contains(coin.OutPoint)).ToImmutableArray();
        var output = new TxOut(request.Amount, request.Script);
        if (CoinSelection.Select(free, request.Amount, output.Size * 4, request.Feerate) is not { } selection)
        {
            var available = free.Aggregate(Satoshi.Zero, static (sum, coin) => sum + coin.Output.Value);
            Give(request, new ChannelCommand.FundingFailed(LightningException.InsufficientFunds(request.Amount, available).Message));
            return;
        }

        // Locked before it is signed, durably before it is given out.
        Write(
            [new CoinsLocked(request.Channel, [.. selection.Coins.Select(coin => coin.OutPoint)])],
            () => SignAsync(_node, request, output, selection).PipeTo(
                Self, success: made => new Signed(request, made.Transaction, made.Index), failure: e => new SigningFailed(request, $"The wallet cannot sign: {e.Message}")));
    }

    private static async Task<(Transaction Transaction, ushort Index)> SignAsync(NodeRuntime node, FundChannel request, TxOut output, CoinSelection selection)
    {
        ImmutableArray<TxOut> outputs = [output];
        if (selection.Change > Satoshi.Zero)
        {
            var change = await node.Wallet.NewAddressAsync(CancellationToken.None).ConfigureAwait(false);

            // At a random place, so that nobody can tell from the order which output is the channel's.
            var mine = new TxOut(selection.Change, change.ScriptPubKey);
            outputs = node.Randomness.NextUInt64() % 2 == 0 ? [output, mine] : [mine, output];
        }

        // Spendable in the next block only, as wallets do against fee sniping.
        var inputs = selection.Coins.Select(coin => new TxIn(coin.OutPoint, Bitcoin.Scripts.Script.Empty, 0xFFFFFFFD, Witness.Empty)).ToImmutableArray();
        var unsigned = new Transaction(2, inputs, outputs, node.Tip.Height);
        var transaction = await node.Wallet.SignAsync(unsigned, [.. selection.Coins.Select(coin => coin.Output)], CancellationToken.None).ConfigureAwait(false);
        return (transaction, (ushort)outputs.IndexOf(output));
    }

    private void Give(FundChannel request, ChannelCommand answer) => _node.Actors.Channels.Tell(new ChannelRequest(request.Channel, answer));

    private sealed record Listed(FundChannel Request, ImmutableArray<Coin> Coins);

    private sealed record Signed(FundChannel Request, Transaction Transaction, ushort OutputIndex);

    private sealed record SigningFailed(FundChannel Request, string Reason);

    private sealed record FundingImpossible(FundChannel Request, string Reason);
}
