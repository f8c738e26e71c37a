using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Keys;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Opening;

/// <summary>This node's terms for a new channel, and the messages of both sides as parameters.</summary>
internal static class OpeningTerms
{
    /// <summary>What this node asks and offers.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="basepoints">Its keys.</param>
    /// <param name="amount">funding_satoshis.</param>
    /// <param name="remoteDustLimit">The peer's dust limit, where known: the reserve may not be below it.</param>
    /// <param name="upfrontScript">The only script it will close to, or null.</param>
    public static PartyParameters Local(ChannelConfig config, ChannelBasepoints basepoints, Satoshi amount, Satoshi? remoteDustLimit, Script? upfrontScript) => new(
        basepoints,
        config.DustLimit,
        amount.ToMilliSatoshi() / 100 * config.MaxInFlightPercent,
        Satoshi.Max(amount * config.ReservePerMille / 1000, Satoshi.Max(config.DustLimit, remoteDustLimit ?? Satoshi.Zero)),
        config.HtlcMinimum,
        config.ToSelfDelay,
        config.MaxAcceptedHtlcs,
        upfrontScript);

    /// <summary>The opener's parameters.</summary>
    public static PartyParameters Of(OpenChannel open) => new(
        new ChannelBasepoints(open.FundingPubKey, open.RevocationBasepoint, open.PaymentBasepoint, open.DelayedPaymentBasepoint, open.HtlcBasepoint),
        open.DustLimit,
        open.MaxHtlcValueInFlight,
        open.ChannelReserve,
        open.HtlcMinimum,
        open.ToSelfDelay,
        open.MaxAcceptedHtlcs,
        open.UpfrontShutdownScript is { Bytes.IsEmpty: false } script ? script : null);

    /// <summary>The accepter's parameters.</summary>
    public static PartyParameters Of(AcceptChannel accept) => new(
        new ChannelBasepoints(accept.FundingPubKey, accept.RevocationBasepoint, accept.PaymentBasepoint, accept.DelayedPaymentBasepoint, accept.HtlcBasepoint),
        accept.DustLimit,
        accept.MaxHtlcValueInFlight,
        accept.ChannelReserve,
        accept.HtlcMinimum,
        accept.ToSelfDelay,
        accept.MaxAcceptedHtlcs,
        accept.UpfrontShutdownScript is { Bytes.IsEmpty: false } script ? script : null);

    /// <summary>open_channel.</summary>
    public static OpenChannel OpenMessage(
        ChannelConfig config, ChannelId temporaryId, Satoshi amount, MilliSatoshi push, ChannelType type, bool announce, PartyParameters local, FeeratePerKw feerate, Bitcoin.Crypto.PubKey firstPoint) => new()
    {
        ChainHash = config.Network.GenesisHash,
        TemporaryChannelId = temporaryId,
        Funding = amount,
        Push = push,
        DustLimit = local.DustLimit,
        MaxHtlcValueInFlight = local.MaxHtlcValueInFlight,
        ChannelReserve = local.ChannelReserve,
        HtlcMinimum = local.HtlcMinimum,
        Feerate = feerate,
        ToSelfDelay = local.ToSelfDelay,
        MaxAcceptedHtlcs = local.MaxAcceptedHtlcs,
        FundingPubKey = local.Basepoints.FundingPubKey,
        RevocationBasepoint = local.Basepoints.Revocation,
        PaymentBasepoint = local.Basepoints.Payment,
        DelayedPaymentBasepoint = local.Basepoints.DelayedPayment,
        HtlcBasepoint = local.Basepoints.Htlc,
        FirstPerCommitmentPoint = firstPoint,
        ChannelFlags = announce ? (byte)1 : (byte)0,
        UpfrontShutdownScript = local.UpfrontShutdownScript ?? Script.Empty,
        ChannelType = FeatureSet.FromBytes(type.ToBytes().Span),
    };

    /// <summary>accept_channel.</summary>
    public static AcceptChannel AcceptMessage(ChannelParameters parameters, Bitcoin.Crypto.PubKey firstPoint) => new()
    {
        TemporaryChannelId = parameters.TemporaryId,
        DustLimit = parameters.Local.DustLimit,
        MaxHtlcValueInFlight = parameters.Local.MaxHtlcValueInFlight,
        ChannelReserve = parameters.Local.ChannelReserve,
        HtlcMinimum = parameters.Local.HtlcMinimum,
        MinimumDepth = parameters.MinimumDepth,
        ToSelfDelay = parameters.Local.ToSelfDelay,
        MaxAcceptedHtlcs = parameters.Local.MaxAcceptedHtlcs,
        FundingPubKey = parameters.Local.Basepoints.FundingPubKey,
        RevocationBasepoint = parameters.Local.Basepoints.Revocation,
        PaymentBasepoint = parameters.Local.Basepoints.Payment,
        DelayedPaymentBasepoint = parameters.Local.Basepoints.DelayedPayment,
        HtlcBasepoint = parameters.Local.Basepoints.Htlc,
        FirstPerCommitmentPoint = firstPoint,
        UpfrontShutdownScript = parameters.Local.UpfrontShutdownScript ?? Script.Empty,
        ChannelType = FeatureSet.FromBytes(parameters.Type.ToBytes().Span),
    };
}
