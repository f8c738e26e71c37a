using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <summary><c>routerrpc.Router</c>: outgoing payments, and those of others on their way through this node.</summary>
public sealed partial class RouterService(ILightningNode node) : Routerrpc.Router.RouterBase
{
    /// <inheritdoc/>
    public override async Task SendPaymentV2(Routerrpc.SendPaymentRequest request, IServerStreamWriter<Lnrpc.Payment> responses, ServerCallContext context)
    {
        var pay = ToPay(request);
        await Write(node.PayInvoiceAsync(pay, context.CancellationToken), request.NoInflightUpdates, responses, context);
    }

    /// <inheritdoc/>
    public override async Task TrackPaymentV2(Routerrpc.TrackPaymentRequest request, IServerStreamWriter<Lnrpc.Payment> responses, ServerCallContext context)
    {
        var hash = new PaymentHash(Read.Bytes32(request.PaymentHash, "payment_hash"));
        await Write(node.TrackPaymentAsync(hash, context.CancellationToken), request.NoInflightUpdates, responses, context);
    }

    /// <inheritdoc/>
    public override async Task SubscribeHtlcEvents(Routerrpc.SubscribeHtlcEventsRequest request, IServerStreamWriter<Routerrpc.HtlcEvent> responses, ServerCallContext context)
    {
        var events = await node.SubscribeHtlcEventsAsync(context.CancellationToken);
        await responses.WriteAsync(new Routerrpc.HtlcEvent { SubscribedEvent = new Routerrpc.SubscribedEvent() }, context.CancellationToken);
        await foreach (var happened in events) await responses.WriteAsync(happened.ToRpc(), context.CancellationToken);
    }

    private static async Task Write(IAsyncEnumerable<PaymentInfo> updates, bool finalOnly, IServerStreamWriter<Lnrpc.Payment> responses, ServerCallContext context)
    {
        await foreach (var update in updates)
        {
            if (!finalOnly || update.IsFinal) await responses.WriteAsync(update.ToRpc(), context.CancellationToken);
        }
    }

    private static PayInvoiceRequest ToPay(Routerrpc.SendPaymentRequest request)
    {
        if (request.PaymentRequest.Length == 0) throw LightningException.Unimplemented("payment_request is missing: only invoices are paid");
        if (!request.Dest.IsEmpty) throw LightningException.InvalidArgument("dest and payment_request cannot appear together");
        if (!request.PaymentHash.IsEmpty) throw LightningException.InvalidArgument("payment_hash and payment_request cannot appear together");
        if (request.FinalCltvDelta != 0) throw LightningException.InvalidArgument("final_cltv_delta and payment_request cannot appear together");
        Read.Refuse(request.Amp, "amp");
        Read.Refuse(!request.PaymentAddr.IsEmpty, "payment_addr");
        Read.Refuse(request.RouteHints.Count > 0, "route_hints");
        Read.Refuse(request.DestCustomRecords.Count > 0, "dest_custom_records");
        Read.Refuse(request.FirstHopCustomRecords.Count > 0, "first_hop_custom_records");
        if (request.TimeoutSeconds < 0 || request.CltvLimit < 0) throw LightningException.InvalidArgument("timeout_seconds and cltv_limit cannot be negative");
        return new PayInvoiceRequest(request.PaymentRequest)
        {
            Amount = Read.Amount(request.Amt, request.AmtMsat),
            // No limit given means no fee, as clients of this API rely on.
            FeeLimit = Read.Amount(request.FeeLimitSat, request.FeeLimitMsat) ?? MilliSatoshi.Zero,
            Timeout = request.TimeoutSeconds == 0 ? null : TimeSpan.FromSeconds(request.TimeoutSeconds),
            MaxParts = request.MaxParts == 0 ? null : (int)Math.Min(request.MaxParts, int.MaxValue),
            MaxPartSize = request.MaxShardSizeMsat == 0 ? null : Read.Amount(0, (long)Math.Min(request.MaxShardSizeMsat, (ulong)Satoshi.MaxMoney.Value * 1000)),
            CltvLimit = request.CltvLimit == 0 ? null : (uint)request.CltvLimit,
            OutgoingChannels = [.. request.OutgoingChanIds.Select(id => new ShortChannelId(id))],
            LastHop = Read.NodeId(request.LastHopPubkey, "last_hop_pubkey"),
            AllowSelfPayment = request.AllowSelfPayment,
        };
    }
}
