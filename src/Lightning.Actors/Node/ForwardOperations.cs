using System.Runtime.CompilerServices;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Actors.ReadModels;
using Lightning.Channels.Announcing;

namespace Lightning.Actors.Node;

/// <summary>The node's operations on payments of others that went through it.</summary>
internal sealed class ForwardOperations(NodeRuntime node, Lists lists)
{
    private const int SubscriptionBatch = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private readonly ForwardQueries _queries = new(node.Views, node.Time);

    /// <inheritdoc cref="ILightningNode.ListForwardsAsync"/>
    public async Task<ForwardPage> ListAsync(ListForwardsQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit <= 0) throw LightningException.InvalidArgument("the limit must be positive");
        if (query.To < query.From) throw LightningException.InvalidArgument("the end of the time is before its start");
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        return await _queries.ListAsync(query, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ILightningNode.GetFeeReportAsync"/>
    public async Task<FeeReport> ReportAsync(CancellationToken cancellation)
    {
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        var all = node.ChannelConfig.Forwarding;
        return new FeeReport(
            [
                .. node.Directory.All.Where(static entry => entry.IsOpen()).OrderBy(static entry => entry.ShortChannelId)
                    .Select(entry => (Entry: entry, Policy: ForwardingPolicy.Of(entry.Funded!.Commitments, entry.Funded.Commitments.Gossip.Terms, all)))
                    .Select(static one => new ChannelFees(one.Entry.Funding!.Value, one.Entry.ShortChannelId, one.Policy.FeeBase, one.Policy.FeeProportionalMillionths)),
            ],
            await _queries.EarnedAsync(TimeSpan.FromDays(1), cancellation).ConfigureAwait(false),
            await _queries.EarnedAsync(TimeSpan.FromDays(7), cancellation).ConfigureAwait(false),
            await _queries.EarnedAsync(TimeSpan.FromDays(30), cancellation).ConfigureAwait(false));
    }

    /// <inheritdoc cref="ILightningNode.SubscribeHtlcEventsAsync"/>
    public async Task<IAsyncEnumerable<HtlcEvent>> SubscribeAsync(CancellationToken cancellation)
    {
        await lists.CatchUpAsync(cancellation).ConfigureAwait(false);
        return FollowAsync(await _queries.LastEventAsync(cancellation).ConfigureAwait(false), cancellation);
    }

    private async IAsyncEnumerable<HtlcEvent> FollowAsync(ulong last, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var changed = node.ViewsPulse.Next;
            var found = await _queries.EventsAfterAsync(last, SubscriptionBatch, cancellation).ConfigureAwait(false);
            foreach (var (number, happened) in found)
            {
                last = number;
                yield return happened;
            }

            // News of a change may be lost between processes: looked again after a while by the node's clock.
            if (found.Count == 0) await Task.WhenAny(changed, Task.Delay(LookAgain, node.Time, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
