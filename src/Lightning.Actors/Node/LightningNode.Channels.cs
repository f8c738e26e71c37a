using System.Runtime.CompilerServices;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Peers;
using Lightning.Actors.Registry;
using Lightning.Channels.Commands;
using Lightning.Channels.States;

namespace Lightning.Actors.Node;

/// <content>Channels.</content>
internal sealed partial class LightningNode
{
    /// <summary>An opening waits for a few messages of the peer and for the wallet.</summary>
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public async Task<OutPoint> OpenChannelAsync(OpenChannelRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Capacity <= Satoshi.Zero) throw LightningException.InvalidArgument("a channel needs a capacity");
        if (request.Peer == node.Keys.NodeId) throw LightningException.InvalidArgument("cannot open channel to self");
        var feerate = request.FundingFeerate ?? (request.ConfirmationTarget is { } blocks ? await node.FeeView.EstimateAsync(node.Chain, blocks, cancellation).ConfigureAwait(false) : null);
        var script = request.CloseAddress is { Length: > 0 } address ? ParseAddress(address).Bytes : Bytes.Empty;
        var opened = await AskAsync<ChannelOpened>(
            node, node.Actors.Peers, new OpenChannelTo(request.Peer, request.Capacity, request.Push, !request.IsPrivate, feerate, script), cancellation, OpenTimeout).ConfigureAwait(false);
        return opened.Funding;
    }

    /// <inheritdoc/>
    public async Task<ChannelInfo> WaitForChannelReadyAsync(OutPoint funding, CancellationToken cancellation = default)
    {
        var wasThere = false;
        while (true)
        {
            var changed = node.Directory.Changed;
            if (node.Directory.TryGet(funding, out var entry))
            {
                wasThere = true;
                if (entry.IsOpen()) return entry.ToInfo();
                if (entry.State is not (WaitForFundingSigned or WaitForFundingConfirmed or WaitForChannelReady)) throw LightningException.FailedPrecondition($"channel {funding} closes before it was ready");
            }
            else
            {
                if (wasThere) throw LightningException.FailedPrecondition($"channel {funding} closed before it was ready");
                await FindAsync(funding, cancellation).ConfigureAwait(false);
                continue;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<CloseProgress> CloseChannelAsync(CloseChannelRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var entry = await FindAsync(request.Funding, cancellation).ConfigureAwait(false);
        if (!request.Force && !entry.State.Link.IsOnline) throw LightningException.PeerNotConnected(entry.Peer!);
        var feerate = request.Feerate ?? (request.ConfirmationTarget is { } blocks ? await node.FeeView.EstimateAsync(node.Chain, blocks, cancellation).ConfigureAwait(false) : null);
        ChannelCommand command = request.Force
            ? new ChannelCommand.ForceClose()
            : new ChannelCommand.CloseMutual(request.DeliveryAddress is { Length: > 0 } address ? ParseAddress(address) : null, feerate);

        // The answer comes when the closing has begun, or much later: it is looked at only where it is a refusal.
        var answer = AskAsync<Done>(node, node.Actors.Channels, new ChannelRequest(entry.Key, command), cancellation, Timeout.InfiniteTimeSpan);
        Bitcoin.Primitives.TxId? told = null;
        while (true)
        {
            var changed = node.Directory.Changed;
            if (answer.IsFaulted) await answer.ConfigureAwait(false);
            var isThere = node.Directory.TryGet(entry.Key, out var present);
            if (isThere && ChannelViews.ClosingTxId(present!.State, node.Keys.Seed) is { } closing && told != closing)
            {
                told = closing;
                yield return new CloseProgress(closing, IsConfirmed: false);
            }

            if (!isThere || (present!.State is Lightning.Channels.States.Closing onChain && onChain.IsDeep(node.Tip.Height, node.ChannelConfig.ClosingDepth))) break;
            await Task.WhenAny(changed, answer.IsCompleted ? Task.Delay(Timeout.Infinite, cancellation) : answer).WaitAsync(cancellation).ConfigureAwait(false);
        }

        var closed = await ClosedAsync(entry.Key, cancellation).ConfigureAwait(false);
        if ((closed?.ClosingTxId ?? told) is { } confirmed) yield return new CloseProgress(confirmed, IsConfirmed: true);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ChannelInfo>>(
        [.. node.Directory.All.Where(static entry => entry.IsOpen()).OrderBy(static entry => entry.ShortChannelId).Select(static entry => entry.ToInfo())]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PendingChannel>> ListPendingChannelsAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<PendingChannel>>(
        [.. node.Directory.All.Where(static entry => !entry.IsOpen()).OrderBy(static entry => entry.Funding).Select(entry => entry.ToPending(node.Keys.Seed, node.Tip.Height, node.ChannelConfig))]);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClosedChannel>> ListClosedChannelsAsync(CancellationToken cancellation = default) =>
        [.. (await AskAsync<ClosedChannels>(node, node.Actors.Registry, ListClosed.Instance, cancellation).ConfigureAwait(false)).Channels.Select(static closed => closed.Summary)];

    /// <inheritdoc/>
    public Task<ChannelBalance> GetChannelBalanceAsync(CancellationToken cancellation = default)
    {
        var balance = new ChannelBalance { Local = MilliSatoshi.Zero, Remote = MilliSatoshi.Zero };
        foreach (var entry in node.Directory.All)
        {
            var spec = entry.Funded!.Commitments.Latest.LocalSpec;
            if (entry.IsOpen())
            {
                balance = balance with { Local = balance.Local + spec.ToLocal, Remote = balance.Remote + spec.ToRemote };
                foreach (var htlc in spec.Htlcs)
                {
                    balance = htlc.Direction == Lightning.Channels.Transactions.HtlcDirection.Received
                        ? balance with { UnsettledLocal = balance.UnsettledLocal + htlc.Amount }
                        : balance with { UnsettledRemote = balance.UnsettledRemote + htlc.Amount };
                }
            }
            else if (entry.State is WaitForFundingSigned or WaitForFundingConfirmed or WaitForChannelReady)
            {
                balance = balance with { PendingOpenLocal = balance.PendingOpenLocal + spec.ToLocal, PendingOpenRemote = balance.PendingOpenRemote + spec.ToRemote };
            }
        }

        return Task.FromResult(balance);
    }

    // The directory has the channels that were read from the journal. Right after a start one may exist that was not: the registry knows, and it comes.
    private async Task<ChannelEntry> FindAsync(OutPoint funding, CancellationToken cancellation)
    {
        if (node.Directory.TryGet(funding, out var entry)) return entry;
        var known = await AskAsync<BackedUp>(node, node.Actors.Registry, GetBackup.Instance, cancellation).ConfigureAwait(false);
        var exists = known.Channels.Items.Any(channel => channel.Funding.OutPoint == funding) && !await IsClosedAsync(funding, cancellation).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(AnswerTimeout, node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        while (true)
        {
            var changed = node.Directory.Changed;
            if (node.Directory.TryGet(funding, out entry)) return entry;
            if (!exists) throw LightningException.UnknownChannel(funding);
            try
            {
                await changed.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new LightningException(LightningErrorKind.Unavailable, $"channel {funding} is starting, try again in a moment");
            }
        }
    }

    private async Task<bool> IsClosedAsync(OutPoint funding, CancellationToken cancellation) =>
        (await AskAsync<ClosedChannels>(node, node.Actors.Registry, ListClosed.Instance, cancellation).ConfigureAwait(false)).Channels.Items.Any(closed => closed.Summary.Funding == funding);

    private async Task<ClosedChannel?> ClosedAsync(Lightning.Channels.Parameters.LocalChannelKey key, CancellationToken cancellation)
    {
        var closed = await AskAsync<ClosedChannels>(node, node.Actors.Registry, ListClosed.Instance, cancellation).ConfigureAwait(false);
        return closed.Channels.FirstOrDefault(channel => channel.Key == key).Summary;
    }
}
