using Lightning.Actors.Api;
using Lightning.Channels.OnChain;

namespace Lightning.Node.Api.Mapping;

/// <summary>Channels as the API shows them.</summary>
internal static class ChannelMapping
{
    /// <summary>What the two anchor outputs of a commitment hold, in satoshi (BOLT 3).</summary>
    private const long BothAnchors = 660;

    public static Lnrpc.Channel ToRpc(this ChannelInfo channel)
    {
        var result = new Lnrpc.Channel
        {
            Active = channel.IsActive,
            RemotePubkey = channel.Peer.ToString(),
            ChannelPoint = channel.Funding.ToString(),
            ChanId = (channel.ShortChannelId ?? channel.Aliases.FirstOrDefault()).Value,
            Capacity = channel.Capacity.Value,
            LocalBalance = PaidOut(channel.LocalBalance, channel.IsInitiator, channel.CommitmentFee, channel.CommitmentType),
            RemoteBalance = PaidOut(channel.RemoteBalance, !channel.IsInitiator, channel.CommitmentFee, channel.CommitmentType),
            CommitFee = channel.CommitmentFee.Value,
            CommitWeight = channel.CommitmentWeight,
            FeePerKw = channel.Feerate.Value,
            UnsettledBalance = Write.Sat(channel.UnsettledBalance),
            TotalSatoshisSent = Write.Sat(channel.TotalSent),
            TotalSatoshisReceived = Write.Sat(channel.TotalReceived),
            NumUpdates = channel.CommitmentNumber,
            CsvDelay = channel.LocalConstraints.ToSelfDelay,
            Private = channel.IsPrivate,
            Initiator = channel.IsInitiator,
            ChanStatusFlags = "ChanStatusDefault",
            LocalChanReserveSat = channel.LocalConstraints.ChannelReserve.Value,
            RemoteChanReserveSat = channel.RemoteConstraints.ChannelReserve.Value,
            StaticRemoteKey = channel.CommitmentType == CommitmentType.StaticRemoteKey,
            Lifetime = (long)channel.Lifetime.TotalSeconds,
            Uptime = (long)channel.Uptime.TotalSeconds,
            CommitmentType = Write.CommitmentType(channel.CommitmentType),
            PushAmountSat = (ulong)Write.Sat(channel.Pushed),
            LocalConstraints = channel.LocalConstraints.ToRpc(),
            RemoteConstraints = channel.RemoteConstraints.ToRpc(),
            ZeroConf = channel.IsZeroConf,
            ZeroConfConfirmedScid = channel.IsZeroConf ? channel.ShortChannelId?.Value ?? 0 : 0,
            PeerAlias = channel.PeerAlias,
            PeerScidAlias = channel.Aliases.Count > 1 ? channel.Aliases[1].Value : 0,
            PendingHtlcs = { channel.PendingHtlcs.Select(ToRpc) },
            AliasScids = { channel.Aliases.Take(1).Select(a => a.Value) },
        };
        return result;
    }

    public static Lnrpc.PendingChannelsResponse ToRpc(this IReadOnlyList<PendingChannel> channels, uint height)
    {
        var result = new Lnrpc.PendingChannelsResponse { TotalLimboBalance = channels.Sum(c => c.LimboBalance.Value) };
        foreach (var channel in channels)
        {
            var shared = Shared(channel);
            switch (channel.Stage)
            {
                case PendingChannelStage.Opening:
                    result.PendingOpenChannels.Add(new Lnrpc.PendingChannelsResponse.Types.PendingOpenChannel
                    {
                        Channel = shared,
                        CommitFee = channel.CommitmentFee.Value,
                        CommitWeight = channel.CommitmentWeight,
                        FeePerKw = channel.Feerate.Value,
                        ConfirmationsUntilActive = channel.ConfirmationsMissing,
                    });
                    break;
                case PendingChannelStage.WaitingForClose:
                    result.WaitingCloseChannels.Add(new Lnrpc.PendingChannelsResponse.Types.WaitingCloseChannel
                    {
                        Channel = shared,
                        LimboBalance = channel.LimboBalance.Value,
                        ClosingTxid = channel.ClosingTxId?.ToString() ?? "",
                        Commitments = new Lnrpc.PendingChannelsResponse.Types.Commitments { LocalCommitFeeSat = (ulong)channel.CommitmentFee.Value },
                    });
                    break;
                case PendingChannelStage.ForceClosing:
                    result.PendingForceClosingChannels.Add(new Lnrpc.PendingChannelsResponse.Types.ForceClosedChannel
                    {
                        Channel = shared,
                        ClosingTxid = channel.ClosingTxId?.ToString() ?? "",
                        LimboBalance = channel.LimboBalance.Value,
                        MaturityHeight = channel.MaturityHeight ?? 0,
                        BlocksTilMaturity = channel.MaturityHeight is { } maturity ? (int)maturity - (int)height : 0,
                        RecoveredBalance = channel.RecoveredBalance.Value,
                        Anchor = channel.OnChain?.Anchor switch
                        {
                            AnchorState.Recovered => Lnrpc.PendingChannelsResponse.Types.ForceClosedChannel.Types.AnchorState.Recovered,
                            AnchorState.Lost => Lnrpc.PendingChannelsResponse.Types.ForceClosedChannel.Types.AnchorState.Lost,
                            _ => Lnrpc.PendingChannelsResponse.Types.ForceClosedChannel.Types.AnchorState.Limbo,
                        },
                        PendingHtlcs = { (channel.OnChain?.Outputs.Items ?? []).Where(IsPending).Select(output => ToRpc(output, height)) },
                    });
                    break;
                default:
                    throw new InvalidOperationException($"Unknown stage {channel.Stage.ToString()}.");
            }
        }
        return result;
    }

    public static Lnrpc.ChannelCloseSummary ToRpc(this ClosedChannel channel, Network network) => new()
    {
        ChannelPoint = channel.Funding.ToString(),
        ChanId = (channel.ShortChannelId ?? channel.Aliases.FirstOrDefault()).Value,
        ChainHash = network.GenesisHash.ToString(),
        ClosingTxHash = (channel.ClosingTxId ?? default).ToString(),
        RemotePubkey = channel.Peer.ToString(),
        Capacity = channel.Capacity.Value,
        CloseHeight = channel.CloseHeight,
        SettledBalance = channel.SettledBalance.Value,
        TimeLockedBalance = channel.TimeLockedBalance.Value,
        CloseType = CloseType(channel.Kind),
        OpenInitiator = channel.IsInitiator ? Lnrpc.Initiator.Local : Lnrpc.Initiator.Remote,
        CloseInitiator = channel.ClosedByUs switch { true => Lnrpc.Initiator.Local, false => Lnrpc.Initiator.Remote, null => Lnrpc.Initiator.Unknown },
        AliasScids = { channel.Aliases.Take(1).Select(a => a.Value) },
        Resolutions = { channel.Resolutions.Select(ToRpc) },
    };

    public static Lnrpc.ChannelCloseSummary.Types.ClosureType CloseType(CloseKind kind) => kind switch
    {
        CloseKind.Cooperative => Lnrpc.ChannelCloseSummary.Types.ClosureType.CooperativeClose,
        CloseKind.LocalForce => Lnrpc.ChannelCloseSummary.Types.ClosureType.LocalForceClose,
        CloseKind.RemoteForce => Lnrpc.ChannelCloseSummary.Types.ClosureType.RemoteForceClose,
        CloseKind.Breach => Lnrpc.ChannelCloseSummary.Types.ClosureType.BreachClose,
        CloseKind.FundingCanceled => Lnrpc.ChannelCloseSummary.Types.ClosureType.FundingCanceled,
        _ => Lnrpc.ChannelCloseSummary.Types.ClosureType.Abandoned,
    };

    // LND shows what the commitment pays out, so that both balances, the HTLCs, the fee and the anchors add up to the capacity: the opener's is less what it pays for.
    private static long PaidOut(MilliSatoshi balance, bool isOpener, Satoshi fee, CommitmentType type) =>
        Math.Max(0, Write.Sat(balance) - (isOpener ? fee.Value + (type == CommitmentType.Anchors ? BothAnchors : 0) : 0));

    private static Lnrpc.PendingChannelsResponse.Types.PendingChannel Shared(PendingChannel channel) => new()
    {
        RemoteNodePub = channel.Peer.ToString(),
        ChannelPoint = channel.Funding.ToString(),
        Capacity = channel.Capacity.Value,
        LocalBalance = PaidOut(channel.LocalBalance, channel.IsInitiator, channel.CommitmentFee, channel.CommitmentType),
        RemoteBalance = PaidOut(channel.RemoteBalance, !channel.IsInitiator, channel.CommitmentFee, channel.CommitmentType),
        LocalChanReserveSat = channel.LocalReserve.Value,
        RemoteChanReserveSat = channel.RemoteReserve.Value,
        Initiator = channel.IsInitiator ? Lnrpc.Initiator.Local : Lnrpc.Initiator.Remote,
        CommitmentType = Write.CommitmentType(channel.CommitmentType),
        ChanStatusFlags = "ChanStatusDefault",
        Private = channel.IsPrivate,
    };

    private static Lnrpc.ChannelConstraints ToRpc(this ChannelConstraints constraints) => new()
    {
        CsvDelay = constraints.ToSelfDelay,
        ChanReserveSat = (ulong)constraints.ChannelReserve.Value,
        DustLimitSat = (ulong)constraints.DustLimit.Value,
        MaxPendingAmtMsat = (ulong)constraints.MaxHtlcValueInFlight.Value,
        MinHtlcMsat = (ulong)constraints.HtlcMinimum.Value,
        MaxAcceptedHtlcs = constraints.MaxAcceptedHtlcs,
    };

    // Of HTLCs: what is not in the wallet yet and may come there. In the second stage it waits for the delay only.
    private static bool IsPending(OutputReport output) => output is { HtlcStage: not null, Stage: not (OutputStage.NotOurs or OutputStage.Spent or OutputStage.Final) };

    private static Lnrpc.PendingHTLC ToRpc(OutputReport output, uint height) => new()
    {
        Incoming = output.IsIncoming ?? false,
        Amount = output.Amount.Value,
        Outpoint = output.Output.OutPoint.ToString(),
        MaturityHeight = output.MaturesAt ?? output.Htlc?.Expiry ?? 0,
        BlocksTilMaturity = output.BlocksToMaturity(height) ?? (output.Htlc?.Expiry is { } expiry ? (int)expiry - (int)height : 0),
        Stage = (uint)output.HtlcStage!.Value,
    };

    private static Lnrpc.Resolution ToRpc(ChannelResolution resolution) => new()
    {
        ResolutionType = (Lnrpc.ResolutionType)resolution.Kind,
        Outcome = (Lnrpc.ResolutionOutcome)resolution.Outcome,
        Outpoint = new Lnrpc.OutPoint { TxidBytes = Write.Bytes(resolution.OutPoint.TxId.Value), TxidStr = resolution.OutPoint.TxId.ToString(), OutputIndex = resolution.OutPoint.Index },
        AmountSat = (ulong)resolution.Amount.Value,
        SweepTxid = resolution.SpentBy?.ToString() ?? "",
    };

    private static Lnrpc.HTLC ToRpc(PendingHtlc htlc) => new()
    {
        Incoming = htlc.Incoming,
        Amount = Write.Sat(htlc.Amount),
        HashLock = Write.Bytes(htlc.PaymentHash.Value),
        ExpirationHeight = htlc.CltvExpiry,
        HtlcIndex = htlc.Id,
        LockedIn = true,
    };
}
