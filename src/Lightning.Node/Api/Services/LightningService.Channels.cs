using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <content>Channels.</content>
public sealed partial class LightningService
{
    /// <inheritdoc/>
    public override async Task<Lnrpc.ChannelPoint> OpenChannelSync(Lnrpc.OpenChannelRequest request, ServerCallContext context) =>
        Write.ChannelPoint(await node.OpenChannelAsync(ToOpen(request), context.CancellationToken));

    /// <inheritdoc/>
    public override async Task OpenChannel(Lnrpc.OpenChannelRequest request, IServerStreamWriter<Lnrpc.OpenStatusUpdate> responses, ServerCallContext context)
    {
        var funding = await node.OpenChannelAsync(ToOpen(request), context.CancellationToken);
        await responses.WriteAsync(new Lnrpc.OpenStatusUpdate
        {
            ChanPending = new Lnrpc.PendingUpdate { Txid = Write.Bytes(funding.TxId.Value), OutputIndex = funding.Index },
        }, context.CancellationToken);
        await node.WaitForChannelReadyAsync(funding, context.CancellationToken);
        await responses.WriteAsync(new Lnrpc.OpenStatusUpdate
        {
            ChanOpen = new Lnrpc.ChannelOpenUpdate { ChannelPoint = Write.ChannelPoint(funding) },
        }, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task CloseChannel(Lnrpc.CloseChannelRequest request, IServerStreamWriter<Lnrpc.CloseStatusUpdate> responses, ServerCallContext context)
    {
        var (feerate, target) = Read.Fee(request.SatPerVbyte, request.SatPerByte, request.TargetConf);
        if (request.Force && (feerate is not null || target is not null || request.DeliveryAddress.Length > 0))
            throw LightningException.InvalidArgument("force closing a channel uses a pre-defined fee and address");
        Read.Refuse(request.MaxFeePerVbyte != 0, "max_fee_per_vbyte");
        var close = new CloseChannelRequest(Read.ChannelPoint(request.ChannelPoint), request.Force)
        {
            Feerate = feerate,
            ConfirmationTarget = target,
            DeliveryAddress = Read.Text(request.DeliveryAddress),
        };
        await foreach (var progress in node.CloseChannelAsync(close, context.CancellationToken))
        {
            var txid = Write.Bytes(progress.ClosingTxId.Value);
            await responses.WriteAsync(progress.IsConfirmed
                ? new Lnrpc.CloseStatusUpdate { ChanClose = new Lnrpc.ChannelCloseUpdate { ClosingTxid = txid, Success = true } }
                : new Lnrpc.CloseStatusUpdate { ClosePending = new Lnrpc.PendingUpdate { Txid = txid, LocalCloseTx = request.Force } },
                context.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.ListChannelsResponse> ListChannels(Lnrpc.ListChannelsRequest request, ServerCallContext context)
    {
        if (request.ActiveOnly && request.InactiveOnly) throw LightningException.InvalidArgument("either `active_only` or `inactive_only` can be set, but not both");
        if (request.PublicOnly && request.PrivateOnly) throw LightningException.InvalidArgument("either `public_only` or `private_only` can be set, but not both");
        var peer = Read.NodeId(request.Peer, "peer");
        var channels = await node.ListChannelsAsync(context.CancellationToken);
        return new Lnrpc.ListChannelsResponse
        {
            Channels =
            {
                channels
                    .Where(c => (!request.ActiveOnly || c.IsActive) && (!request.InactiveOnly || !c.IsActive))
                    .Where(c => (!request.PublicOnly || !c.IsPrivate) && (!request.PrivateOnly || c.IsPrivate))
                    .Where(c => peer is null || c.Peer == peer)
                    .Select(c => c.ToRpc()),
            },
        };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.PendingChannelsResponse> PendingChannels(Lnrpc.PendingChannelsRequest request, ServerCallContext context)
    {
        var info = await node.GetInfoAsync(context.CancellationToken);
        return (await node.ListPendingChannelsAsync(context.CancellationToken)).ToRpc(info.BlockHeight);
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.ClosedChannelsResponse> ClosedChannels(Lnrpc.ClosedChannelsRequest request, ServerCallContext context)
    {
        var wanted = new List<CloseKind>();
        if (request.Cooperative) wanted.Add(CloseKind.Cooperative);
        if (request.LocalForce) wanted.Add(CloseKind.LocalForce);
        if (request.RemoteForce) wanted.Add(CloseKind.RemoteForce);
        if (request.Breach) wanted.Add(CloseKind.Breach);
        if (request.FundingCanceled) wanted.Add(CloseKind.FundingCanceled);
        if (request.Abandoned) wanted.Add(CloseKind.Abandoned);
        var info = await node.GetInfoAsync(context.CancellationToken);
        var channels = await node.ListClosedChannelsAsync(context.CancellationToken);
        return new Lnrpc.ClosedChannelsResponse
        {
            Channels = { channels.Where(c => wanted.Count == 0 || wanted.Contains(c.Kind)).Select(c => c.ToRpc(info.Network)) },
        };
    }

    private static OpenChannelRequest ToOpen(Lnrpc.OpenChannelRequest request)
    {
        Read.Refuse(request.FundingShim is not null, "funding_shim");
        Read.Refuse(request.FundMax, "fund_max");
        Read.Refuse(request.Outpoints.Count > 0, "outpoints");
        Read.Refuse(request.ZeroConf, "zero_conf");
        Read.Refuse(request.ScidAlias, "scid_alias");
        Read.Refuse(request.UseBaseFee || request.BaseFee != 0, "base_fee");
        Read.Refuse(request.UseFeeRate || request.FeeRate != 0, "fee_rate");
        Read.Refuse(request.RemoteChanReserveSat != 0, "remote_chan_reserve_sat");
        Read.Refuse(request.RemoteMaxValueInFlightMsat != 0, "remote_max_value_in_flight_msat");
        Read.Refuse(request.RemoteMaxHtlcs != 0, "remote_max_htlcs");
        Read.Refuse(request.MaxLocalCsv != 0, "max_local_csv");
        Read.Refuse(request.MinConfs > 1, "min_confs above 1");
        Read.Refuse(request.CommitmentType is not (Lnrpc.CommitmentType.UnknownCommitmentType or Lnrpc.CommitmentType.Anchors), $"commitment_type {request.CommitmentType}");
        if (request.LocalFundingAmount <= 0) throw LightningException.InvalidArgument("local funding amount must be non-zero");
        var capacity = Read.Satoshi(request.LocalFundingAmount, "local_funding_amount");
        var push = Read.Satoshi(request.PushSat, "push_sat");
        if (push >= capacity) throw LightningException.InvalidArgument("amount pushed to remote peer for initial state must be below the local funding amount");
        if (request.RemoteCsvDelay > ushort.MaxValue) throw LightningException.InvalidArgument("remote_csv_delay is more than 65535 blocks");
        var (feerate, target) = Read.Fee(request.SatPerVbyte, request.SatPerByte, request.TargetConf);
        return new OpenChannelRequest
        {
            Peer = Read.NodeId(request.NodePubkey, "node_pubkey")
                ?? (request.NodePubkeyString.Length > 0 ? Read.NodeId(request.NodePubkeyString, "node_pubkey_string") : throw LightningException.InvalidArgument("NodePubkey is not set")),
            Capacity = capacity,
            Push = push.ToMilliSatoshi(),
            FundingFeerate = feerate,
            ConfirmationTarget = target,
            IsPrivate = request.Private,
            HtlcMinimum = Read.Amount(0, request.MinHtlcMsat),
            ToSelfDelay = request.RemoteCsvDelay == 0 ? null : (ushort)request.RemoteCsvDelay,
            CloseAddress = Read.Text(request.CloseAddress),
        };
    }
}
