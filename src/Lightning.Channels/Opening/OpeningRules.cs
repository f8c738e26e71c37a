using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Formats;
using Lightning.Channels.Keys;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Opening;

/// <summary>What may be offered and accepted at the opening of a channel (BOLT 2 "Channel Establishment v1"). Each check gives what is wrong, for people, or null.</summary>
internal static class OpeningRules
{
    private const ushort MaxHtlcs = 483;
    private static readonly Satoshi LargeChannel = new(1 << 24);
    private static readonly Satoshi LeastDustLimit = new(354);

    /// <summary>Whether this node may open the channel.</summary>
    public static string? Violation(ChannelCommand.OpenAsInitiator open, PartyParameters local, FeeratePerKw feerate, ChannelConfig config)
    {
        if (open.Amount < config.MinFundingAmount) return $"A channel of {open.Amount} is below the minimum of {config.MinFundingAmount}.";
        if (open.Amount > config.MaxFundingAmount) return $"A channel of {open.Amount} is above the maximum of {config.MaxFundingAmount}.";
        if (open.Amount >= LargeChannel && !open.Features.HasFlag(ChannelFeatures.LargeChannels)) return $"The peer does not take channels of {LargeChannel} and more.";
        if (open.Push < MilliSatoshi.Zero || open.Push > open.Amount.ToMilliSatoshi()) return $"{open.Push} cannot be pushed.";
        if (open.Features.HasFlag(ChannelFeatures.DualFund)) return "With option_dual_fund a channel is opened by open_channel2.";
        return TypeViolation(open.Type, open.Features) ?? ScriptViolation(open.ShutdownScript, open.Features) ?? BalanceViolation(open.Amount, open.Push, open.Type, feerate, local.ChannelReserve);
    }

    /// <summary>Whether a peer's open_channel is acceptable.</summary>
    public static string? Violation(OpenChannel open, ChannelFeatures features, ChannelBasepoints local, ChannelEnvironment environment, out ChannelType type)
    {
        type = default;
        var config = environment.Config;
        if (open.ChainHash != config.Network.GenesisHash) return "The chain is not known.";
        if (features.HasFlag(ChannelFeatures.DualFund)) return "With option_dual_fund a channel is opened by open_channel2.";
        if (open.ChannelType is not { } bits) return "channel_type is missing.";
        if (!ChannelType.TryParse(bits.Bytes.Span, out type)) return bits.Bytes.Length > 16 ? $"channel_type of {bits.Bytes.Length} bytes is not known." : $"channel_type 0x{bits} is not known.";
        if (open.AnnounceChannel && type.ScidAlias) return "An announced channel has no option_scid_alias.";
        if (TypeViolation(type, features) is { } unsuitable) return unsuitable;
        if (open.Funding < config.MinFundingAmount) return $"funding_satoshis is below {config.MinFundingAmount}.";
        if (open.Funding >= LargeChannel && !features.HasFlag(ChannelFeatures.LargeChannels)) return "funding_satoshis is too large without option_support_large_channel.";
        if (open.Funding > config.MaxFundingAmount) return $"funding_satoshis is above {config.MaxFundingAmount}.";
        if (open.Push < MilliSatoshi.Zero || open.Push > open.Funding.ToMilliSatoshi()) return "push_msat is more than funding_satoshis.";
        if (FeeratePolicy.Violation(open.Feerate, current: null, type, environment) is { } feerate) return $"feerate_per_kw: {feerate}";
        var remote = OpeningTerms.Of(open);
        return KeyViolation(remote.Basepoints, local)
            ?? PartyViolation(remote, open.Funding, features, config) ?? BalanceViolation(open.Funding, open.Push, type, open.Feerate, remote.ChannelReserve);
    }

    /// <summary>Whether a peer's accept_channel is acceptable.</summary>
    public static string? Violation(AcceptChannel accept, ChannelCommand.OpenAsInitiator open, PartyParameters local, ChannelConfig config)
    {
        if (accept.TemporaryChannelId != open.TemporaryId) return "temporary_channel_id is another.";
        if (accept.ChannelType is not { } bits) return "channel_type is missing.";
        if (!ChannelType.TryParse(bits.Bytes.Span, out var type) || type != open.Type) return "channel_type is another.";
        if (accept.MinimumDepth > config.MaxMinimumDepth) return $"minimum_depth {accept.MinimumDepth} is too large.";
        var remote = OpeningTerms.Of(accept);
        if (remote.ChannelReserve < local.DustLimit) return "channel_reserve_satoshis is below this node's dust limit.";
        if (local.ChannelReserve < remote.DustLimit) return "dust_limit_satoshis is above this node's channel reserve.";
        return KeyViolation(remote.Basepoints, local.Basepoints) ?? PartyViolation(remote, open.Amount, open.Features, config);
    }

    // The scripts on chain tell the two nodes apart by their keys, and a signature stands for one of them: a peer that repeats what it was told has no such key, and means harm.
    private static string? KeyViolation(ChannelBasepoints remote, ChannelBasepoints local)
    {
        foreach (var (name, theirs) in Named(remote))
        {
            foreach (var (own, ours) in Named(local))
            {
                if (theirs == ours) return $"{name} is this node's own {own}.";
            }
        }

        return null;

        static (string Name, PubKey Key)[] Named(ChannelBasepoints keys) =>
        [
            ("funding_pubkey", keys.FundingPubKey),
            ("revocation_basepoint", keys.Revocation),
            ("payment_basepoint", keys.Payment),
            ("delayed_payment_basepoint", keys.DelayedPayment),
            ("htlc_basepoint", keys.Htlc),
        ];
    }

    // What both messages must keep.
    private static string? PartyViolation(PartyParameters remote, Satoshi amount, ChannelFeatures features, ChannelConfig config)
    {
        if (remote.ToSelfDelay > config.MaxToSelfDelay) return $"to_self_delay {remote.ToSelfDelay} is unreasonably large.";
        if (remote.MaxAcceptedHtlcs > MaxHtlcs) return $"max_accepted_htlcs is above {MaxHtlcs}.";
        if (remote.MaxAcceptedHtlcs == 0) return "max_accepted_htlcs is zero.";
        if (remote.DustLimit > remote.ChannelReserve) return "dust_limit_satoshis is above channel_reserve_satoshis.";
        if (remote.DustLimit < LeastDustLimit) return $"dust_limit_satoshis is below {LeastDustLimit}.";
        if (remote.DustLimit > config.MaxDustLimit) return $"dust_limit_satoshis is above {config.MaxDustLimit}.";
        if (remote.ChannelReserve > Satoshi.Max(amount * config.MaxReservePerMille / 1000, LeastDustLimit)) return "channel_reserve_satoshis is too large.";
        if (remote.HtlcMinimum > config.MaxHtlcMinimum) return $"htlc_minimum_msat is above {config.MaxHtlcMinimum}.";
        if (remote.MaxHtlcValueInFlight < remote.HtlcMinimum) return "max_htlc_value_in_flight_msat is too small.";
        return remote.UpfrontShutdownScript is { } script ? ScriptViolation(script, features) : null;
    }

    // The opener pays the fee of the first commitments, and at least one side has something above its reserve.
    private static string? BalanceViolation(Satoshi amount, MilliSatoshi push, ChannelType type, FeeratePerKw feerate, Satoshi reserve)
    {
        var format = type.Anchors ? CommitmentFormat.Anchors : CommitmentFormat.StaticRemoteKey;
        var opener = amount.ToMilliSatoshi() - push;
        var cost = (feerate.Fee(format.CommitmentWeight) + format.AnchorsCost).ToMilliSatoshi();
        if (opener < cost) return $"The opener's {opener} cannot pay the commitment fee of {cost}.";
        return opener - cost <= reserve.ToMilliSatoshi() && push <= reserve.ToMilliSatoshi() ? "Both sides would be below the channel reserve." : null;
    }

    private static string? TypeViolation(ChannelType type, ChannelFeatures features)
    {
        if (type.ZeroConf) return "Channels are not used before their funding is confirmed.";
        if (type.ScidAlias) return "option_scid_alias is not supported as a channel type.";
        return type.Anchors && !features.HasFlag(ChannelFeatures.Anchors) ? "option_anchors is not negotiated." : null;
    }

    private static string? ScriptViolation(Script script, ChannelFeatures features) =>
        ShutdownScript.IsStandard(script, features.HasFlag(ChannelFeatures.ShutdownAnySegwit), features.HasFlag(ChannelFeatures.SimpleClose)) ? null : "The shutdown script is of no allowed form.";
}
