using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <content>Payments of others.</content>
public sealed partial class LightningService
{
    private const int MaxForwards = 50_000;
    private const int DefaultForwards = 100;

    /// <inheritdoc/>
    public override async Task<Lnrpc.ForwardingHistoryResponse> ForwardingHistory(Lnrpc.ForwardingHistoryRequest request, ServerCallContext context)
    {
        var page = await node.ListForwardsAsync(new ListForwardsQuery
        {
            From = Read.Time(request.StartTime, "start_time"),
            To = Read.EndOf(request.EndTime, "end_time"),
            Offset = request.IndexOffset,
            Limit = request.NumMaxEvents == 0 ? DefaultForwards : (int)Math.Min(request.NumMaxEvents, MaxForwards),
            IncomingChannels = [.. request.IncomingChanIds.Select(static id => new ShortChannelId(id))],
            OutgoingChannels = [.. request.OutgoingChanIds.Select(static id => new ShortChannelId(id))],
        }, context.CancellationToken);
        return new Lnrpc.ForwardingHistoryResponse { ForwardingEvents = { page.Forwards.Select(forward => forward.ToRpc(request.PeerAliasLookup)) }, LastOffsetIndex = (uint)Math.Min(page.LastOffset, uint.MaxValue) };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.FeeReportResponse> FeeReport(Lnrpc.FeeReportRequest request, ServerCallContext context) =>
        (await node.GetFeeReportAsync(context.CancellationToken)).ToRpc();
}
