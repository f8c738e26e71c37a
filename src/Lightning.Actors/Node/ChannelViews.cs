using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Fees;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Actors.Node;

/// <summary>Channels as people see them, read from the states that their entities published last.</summary>
internal static class ChannelViews
{
    /// <summary>Whether both sides have sent channel_ready and neither closes.</summary>
    public static bool IsOpen(this ChannelEntry entry) => entry is { State: Normal, IsClosing: false };

    /// <summary>An open channel.</summary>
    public static ChannelInfo ToInfo(this ChannelEntry entry)
    {
        var commitments = entry.Funded!.Commitments;
        var (parameters, latest, spec) = (commitments.Parameters, commitments.Latest, commitments.Latest.LocalSpec);
        var unsettled = MilliSatoshi.Zero;
        foreach (var htlc in spec.Htlcs) unsettled += htlc.Amount;
        return new ChannelInfo
        {
            Funding = latest.Funding.OutPoint,
            ChannelId = commitments.Id,
            Peer = parameters.Peer,
            ShortChannelId = entry.ShortChannelId,
            Aliases = entry.RemoteAlias is { } alias ? [alias] : [],
            Capacity = latest.Funding.Capacity,
            LocalBalance = spec.ToLocal,
            RemoteBalance = spec.ToRemote,
            UnsettledBalance = unsettled,
            CommitmentNumber = commitments.LocalNumber,
            CommitmentFee = CommitmentFee(commitments.LocalTerms, spec),
            CommitmentWeight = CommitmentWeight(commitments.LocalTerms, spec),
            Feerate = spec.Feerate,
            PendingHtlcs = PendingHtlcs(spec),
            TotalSent = entry.Totals.Sent,
            TotalReceived = entry.Totals.Received,
            Pushed = entry.Totals.Pushed,
            IsActive = entry.IsUsable,
            IsPrivate = !parameters.Announce,
            IsInitiator = parameters.IsInitiator,
            CommitmentType = parameters.Type.Anchors ? CommitmentType.Anchors : CommitmentType.StaticRemoteKey,
            LocalConstraints = Constraints(parameters.Local, parameters.Remote),
            RemoteConstraints = Constraints(parameters.Remote, parameters.Local),
        };
    }

    /// <summary>A channel on its way up or down.</summary>
    /// <param name="entry">The channel.</param>
    /// <param name="nodeSeed">The node's secret.</param>
    /// <param name="height">Height of the best block.</param>
    /// <param name="config">What is final.</param>
    public static PendingChannel ToPending(this ChannelEntry entry, ReadOnlySpan<byte> nodeSeed, uint height, ChannelConfig config)
    {
        var commitments = entry.Funded!.Commitments;
        var (parameters, latest, spec) = (commitments.Parameters, commitments.Latest, commitments.Latest.LocalSpec);
        var stage = StageOf(entry.State);
        var report = Report(entry.State, nodeSeed, height, config);
        return new PendingChannel
        {
            Stage = stage,
            Funding = latest.Funding.OutPoint,
            Peer = parameters.Peer,
            Capacity = latest.Funding.Capacity,
            LocalBalance = spec.ToLocal,
            RemoteBalance = spec.ToRemote,
            IsInitiator = parameters.IsInitiator,
            IsPrivate = !parameters.Announce,
            CommitmentType = parameters.Type.Anchors ? CommitmentType.Anchors : CommitmentType.StaticRemoteKey,
            LocalReserve = parameters.Remote.ChannelReserve,
            RemoteReserve = parameters.Local.ChannelReserve,
            CommitmentFee = CommitmentFee(commitments.LocalTerms, spec),
            CommitmentWeight = CommitmentWeight(commitments.LocalTerms, spec),
            Feerate = spec.Feerate,
            ConfirmationsMissing = stage == PendingChannelStage.Opening ? parameters.MinimumDepth : 0,
            ClosingTxId = ClosingTxId(entry.State, nodeSeed),
            MaturityHeight = report?.MaturesAt,
            LimboBalance = stage == PendingChannelStage.Opening ? Satoshi.Zero : report?.Limbo ?? spec.ToLocal.ToSatoshi(),
            RecoveredBalance = report?.Recovered ?? Satoshi.Zero,
            OnChain = report,
            PendingHtlcs = PendingHtlcs(spec),
        };
    }

    /// <summary>Id of the transaction that closes a channel: the one on chain, else the one that this node publishes; null where there is none.</summary>
    /// <param name="state">The channel's state.</param>
    /// <param name="nodeSeed">The node's secret: the keys of its own commitment come of it.</param>
    public static TxId? ClosingTxId(ChannelState state, ReadOnlySpan<byte> nodeSeed)
    {
        if (ClosingTransaction(state) is { } transaction) return transaction.TxId;
        if (state is not Lightning.Channels.States.Closing closing) return null;
        using var signer = new LocalChannelSigner(nodeSeed, closing.Commitments.Parameters.KeyIndex);
        return closing.TransactionId(signer);
    }

    /// <summary>The transaction that closes a channel, signed or on chain, as far as it is known; null where there is none.</summary>
    public static Transaction? ClosingTransaction(ChannelState state) => state switch
    {
        Negotiating { Signed: { IsEmpty: false } signed } => signed[^1],
        NegotiatingSimple { Signed: { IsEmpty: false } signed } => signed[^1],
        Lightning.Channels.States.Closing closing => closing.Spend?.Transaction,
        _ => null,
    };

    /// <summary>How far a channel that is not open is.</summary>
    /// <param name="state">The channel.</param>
    public static PendingChannelStage StageOf(ChannelState state) => state switch
    {
        WaitForFundingSigned or WaitForFundingConfirmed or WaitForChannelReady => PendingChannelStage.Opening,
        Lightning.Channels.States.Closing { Spend.Kind: not SpendKind.Mutual } => PendingChannelStage.ForceClosing,
        _ => PendingChannelStage.WaitingForClose,
    };

    private static OnChainReport? Report(ChannelState state, ReadOnlySpan<byte> nodeSeed, uint height, ChannelConfig config)
    {
        if (state is not Lightning.Channels.States.Closing { Spend: null or { Kind: not SpendKind.Mutual } } closing) return null;
        using var signer = new LocalChannelSigner(nodeSeed, closing.Commitments.Parameters.KeyIndex);
        return OnChainReport.Of(closing, signer, height, config);
    }

    private static PendingHtlc[] PendingHtlcs(CommitmentSpec spec) =>
    [
        .. spec.Htlcs.Select(static htlc => new PendingHtlc(htlc.Direction == HtlcDirection.Received, htlc.Amount, htlc.PaymentHash, htlc.CltvExpiry, htlc.Id)),
    ];

    private static Satoshi CommitmentFee(CommitmentTerms terms, CommitmentSpec spec) => CommitmentFees.BaseFee(terms, spec);

    private static long CommitmentWeight(CommitmentTerms terms, CommitmentSpec spec) => CommitmentFees.Weight(terms, spec);

    // What one side must keep is what the other demanded.
    private static ChannelConstraints Constraints(PartyParameters side, PartyParameters other) => new()
    {
        DustLimit = side.DustLimit,
        ChannelReserve = other.ChannelReserve,
        MaxHtlcValueInFlight = side.MaxHtlcValueInFlight,
        HtlcMinimum = side.HtlcMinimum,
        ToSelfDelay = other.ToSelfDelay,
        MaxAcceptedHtlcs = side.MaxAcceptedHtlcs,
    };
}
