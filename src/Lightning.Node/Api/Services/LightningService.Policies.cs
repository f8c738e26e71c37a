using System.Globalization;
using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Channels.Announcing;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <content>The terms of forwards.</content>
public sealed partial class LightningService
{
    private const double Million = 1_000_000;

    /// <inheritdoc/>
    public override async Task<Lnrpc.PolicyUpdateResponse> UpdateChannelPolicy(Lnrpc.PolicyUpdateRequest request, ServerCallContext context)
    {
        var failed = await node.UpdateChannelPolicyAsync(ToUpdate(request), context.CancellationToken);
        return new Lnrpc.PolicyUpdateResponse { FailedUpdates = { failed.Select(ToRpc) } };
    }

    // Fees and the time lock are always those of the request: clients that leave one out mean zero.
    private static UpdateChannelPolicyRequest ToUpdate(Lnrpc.PolicyUpdateRequest request)
    {
        OutPoint? channel = request.ScopeCase switch
        {
            Lnrpc.PolicyUpdateRequest.ScopeOneofCase.Global => null,
            Lnrpc.PolicyUpdateRequest.ScopeOneofCase.ChanPoint => Read.ChannelPoint(request.ChanPoint),
            _ => throw LightningException.InvalidArgument("unknown scope: either global or chan_point must be set"),
        };
        if (request.FeeRate != 0 && request.FeeRatePpm != 0) throw LightningException.InvalidArgument("cannot set both FeeRate and FeeRatePpm at the same time");
        if (request.FeeRate != 0 && request.FeeRate is not (>= 1 / Million and <= uint.MaxValue / Million))
            throw LightningException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"fee rate of {request.FeeRate} is too small or too large, min fee rate is {1 / Million}"));
        if (request.BaseFeeMsat is < 0 or > uint.MaxValue) throw LightningException.InvalidArgument("base_fee_msat does not fit into a channel_update");
        if (request.TimeLockDelta < ForwardingPolicy.MinCltvExpiryDelta)
            throw LightningException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"time lock delta of {request.TimeLockDelta} is too small, minimum supported is {ForwardingPolicy.MinCltvExpiryDelta}"));
        if (request.TimeLockDelta > ushort.MaxValue) throw LightningException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"time lock delta of {request.TimeLockDelta} is too big"));
        Read.Refuse(request.InboundFee is { BaseFeeMsat: not 0 } or { FeeRatePpm: not 0 }, "inbound_fee");
        Read.Refuse(request.CreateMissingEdge, "create_missing_edge");
        return new UpdateChannelPolicyRequest
        {
            Channel = channel,
            FeeBase = new MilliSatoshi(request.BaseFeeMsat),
            FeeProportionalMillionths = request.FeeRate != 0 ? (uint)Math.Round(request.FeeRate * Million) : request.FeeRatePpm,
            CltvExpiryDelta = (ushort)request.TimeLockDelta,
            HtlcMinimum = request.MinHtlcMsatSpecified ? Millisatoshi(request.MinHtlcMsat, "min_htlc_msat") : null,
            HtlcMaximum = request.MaxHtlcMsat != 0 ? Millisatoshi(request.MaxHtlcMsat, "max_htlc_msat") : null,
        };
    }

    private static MilliSatoshi Millisatoshi(ulong value, string field) =>
        value <= (ulong)Satoshi.MaxMoney.Value * 1000 ? new MilliSatoshi((long)value) : throw LightningException.InvalidArgument($"{field} is more than all bitcoin");

    private static Lnrpc.FailedUpdate ToRpc(FailedPolicyUpdate failed) => new()
    {
        Outpoint = new Lnrpc.OutPoint { TxidBytes = Write.Bytes(failed.Funding.TxId.Value), TxidStr = failed.Funding.TxId.ToString(), OutputIndex = failed.Funding.Index },
        Reason = failed.Reason switch
        {
            PolicyUpdateFailure.Pending => Lnrpc.UpdateFailure.Pending,
            PolicyUpdateFailure.NotFound => Lnrpc.UpdateFailure.NotFound,
            PolicyUpdateFailure.InvalidParameter => Lnrpc.UpdateFailure.InvalidParameter,
            _ => Lnrpc.UpdateFailure.InternalErr,
        },
        UpdateError = failed.Message,
    };
}
