using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <summary><c>lnrpc.Lightning</c>: who the node is, its wallet and its peers.</summary>
public sealed partial class LightningService(ILightningNode node, IHostApplicationLifetime lifetime) : Lnrpc.Lightning.LightningBase
{
    /// <inheritdoc/>
    public override async Task<Lnrpc.GetInfoResponse> GetInfo(Lnrpc.GetInfoRequest request, ServerCallContext context)
    {
        var info = await node.GetInfoAsync(context.CancellationToken);
        var result = new Lnrpc.GetInfoResponse
        {
            IdentityPubkey = info.NodeId.ToString(),
            Alias = info.Alias,
            Color = info.Color,
            Version = NodeIdentity.Description,
            CommitHash = NodeIdentity.CommitHash,
            NumPendingChannels = (uint)info.PendingChannelCount,
            NumActiveChannels = (uint)info.ActiveChannelCount,
            NumInactiveChannels = (uint)info.InactiveChannelCount,
            NumPeers = (uint)info.PeerCount,
            BlockHeight = info.BlockHeight,
            BlockHash = info.BlockHash.ToString(),
            BestHeaderTimestamp = Write.Seconds(info.BlockTime),
            SyncedToChain = info.SyncedToChain,
            SyncedToGraph = info.SyncedToGraph,
            WalletSynced = info.SyncedToChain,
            Testnet = info.Network == Network.Testnet,
            Chains = { new Lnrpc.Chain { Chain_ = "bitcoin", Network = info.Network.Name } },
            Uris = { info.Addresses.Select(a => $"{info.NodeId}@{a}") },
        };
        Write.Features(info.FeatureBits, result.Features);
        return result;
    }

    /// <inheritdoc/>
    public override Task<Lnrpc.StopResponse> StopDaemon(Lnrpc.StopRequest request, ServerCallContext context)
    {
        lifetime.StopApplication();
        return Task.FromResult(new Lnrpc.StopResponse { Status = "shutdown initiated, check logs for progress" });
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.NewAddressResponse> NewAddress(Lnrpc.NewAddressRequest request, ServerCallContext context)
    {
        Read.Refuse(request.Account is not ("" or "default"), "account");
        var type = request.Type switch
        {
            Lnrpc.AddressType.WitnessPubkeyHash or Lnrpc.AddressType.UnusedWitnessPubkeyHash => AddressType.WitnessPubKeyHash,
            Lnrpc.AddressType.NestedPubkeyHash or Lnrpc.AddressType.UnusedNestedPubkeyHash => AddressType.NestedWitnessPubKeyHash,
            Lnrpc.AddressType.TaprootPubkey or Lnrpc.AddressType.UnusedTaprootPubkey => AddressType.Taproot,
            _ => throw LightningException.InvalidArgument($"unknown address type: {request.Type}"),
        };
        return new Lnrpc.NewAddressResponse { Address = await node.NewAddressAsync(type, context.CancellationToken) };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.WalletBalanceResponse> WalletBalance(Lnrpc.WalletBalanceRequest request, ServerCallContext context)
    {
        Read.Refuse(request.Account is not ("" or "default"), "account");
        var balance = await node.GetWalletBalanceAsync(context.CancellationToken);
        return new Lnrpc.WalletBalanceResponse
        {
            TotalBalance = balance.Total.Value,
            ConfirmedBalance = balance.Confirmed.Value,
            UnconfirmedBalance = balance.Unconfirmed.Value,
            LockedBalance = balance.Locked.Value,
            ReservedBalanceAnchorChan = balance.ReservedForAnchors.Value,
            AccountBalance =
            {
                ["default"] = new Lnrpc.WalletAccountBalance { ConfirmedBalance = balance.Confirmed.Value, UnconfirmedBalance = balance.Unconfirmed.Value },
            },
        };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.ChannelBalanceResponse> ChannelBalance(Lnrpc.ChannelBalanceRequest request, ServerCallContext context)
    {
        var balance = await node.GetChannelBalanceAsync(context.CancellationToken);
        return new Lnrpc.ChannelBalanceResponse
        {
            Balance = Write.Sat(balance.Local),
            PendingOpenBalance = Write.Sat(balance.PendingOpenLocal),
            LocalBalance = Write.Amount(balance.Local),
            RemoteBalance = Write.Amount(balance.Remote),
            UnsettledLocalBalance = Write.Amount(balance.UnsettledLocal),
            UnsettledRemoteBalance = Write.Amount(balance.UnsettledRemote),
            PendingOpenLocalBalance = Write.Amount(balance.PendingOpenLocal),
            PendingOpenRemoteBalance = Write.Amount(balance.PendingOpenRemote),
        };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.ConnectPeerResponse> ConnectPeer(Lnrpc.ConnectPeerRequest request, ServerCallContext context)
    {
        if (request.Addr is null) throw LightningException.InvalidArgument("need: lnc pubkeyhash@hostname");
        if (request.Timeout > 3600) throw LightningException.InvalidArgument("timeout is given in seconds and may not be more than an hour");
        var id = Read.NodeId(request.Addr.Pubkey, "addr.pubkey");
        var (host, port) = Read.Parsed(() => PeerAddress.ParseHost(request.Addr.Host), "addr.host");
        var peer = new PeerAddress(id, host, port);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        if (request.Timeout > 0) limit.CancelAfter(TimeSpan.FromSeconds(request.Timeout));
        try
        {
            await node.ConnectPeerAsync(peer, request.Perm, limit.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new LightningException(LightningErrorKind.Unavailable, $"dial {peer}: timeout");
        }
        return new Lnrpc.ConnectPeerResponse { Status = $"connection to {peer} initiated" };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.DisconnectPeerResponse> DisconnectPeer(Lnrpc.DisconnectPeerRequest request, ServerCallContext context)
    {
        await node.DisconnectPeerAsync(Read.NodeId(request.PubKey, "pub_key"), context.CancellationToken);
        return new Lnrpc.DisconnectPeerResponse { Status = "disconnect initiated" };
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.ListPeersResponse> ListPeers(Lnrpc.ListPeersRequest request, ServerCallContext context)
    {
        var result = new Lnrpc.ListPeersResponse();
        foreach (var peer in await node.ListPeersAsync(context.CancellationToken))
        {
            var item = new Lnrpc.Peer
            {
                PubKey = peer.NodeId.ToString(),
                Address = peer.Address,
                BytesSent = peer.BytesSent,
                BytesRecv = peer.BytesReceived,
                Inbound = peer.Inbound,
                PingTime = (long)(peer.PingTime ?? TimeSpan.Zero).TotalMicroseconds,
                SyncType = Lnrpc.Peer.Types.SyncType.ActiveSync,
            };
            Write.Features(peer.FeatureBits, item.Features);
            result.Peers.Add(item);
        }
        return result;
    }
}
