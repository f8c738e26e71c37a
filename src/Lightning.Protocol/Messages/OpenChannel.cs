using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Features;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Asks for a channel and says the sender's terms (BOLT 2, type 32).</summary>
public sealed record OpenChannel : ExtensibleMessage, ITemporaryChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.OpenChannel;

    /// <summary>Genesis hash of the chain.</summary>
    public required BlockHash ChainHash { get; init; }

    /// <inheritdoc/>
    public required ChannelId TemporaryChannelId { get; init; }

    /// <summary>What the sender puts into the channel.</summary>
    public required Satoshi Funding { get; init; }

    /// <summary>How much of it is the receiver's from the start.</summary>
    public required MilliSatoshi Push { get; init; }

    /// <summary>Outputs below this amount are left out of the sender's commitments.</summary>
    public required Satoshi DustLimit { get; init; }

    /// <summary>The most that the receiver may have offered in unsettled HTLCs. What travels above 21 million bitcoin (a way to say "no limit") is read as 21 million.</summary>
    public required MilliSatoshi MaxHtlcValueInFlight { get; init; }

    /// <summary>What the receiver must always keep on its side.</summary>
    public required Satoshi ChannelReserve { get; init; }

    /// <summary>The smallest HTLC that the sender accepts.</summary>
    public required MilliSatoshi HtlcMinimum { get; init; }

    /// <summary>Feerate of the first commitments.</summary>
    public required FeeratePerKw Feerate { get; init; }

    /// <summary>Blocks that the receiver must wait for its own money after its own unilateral close.</summary>
    public required ushort ToSelfDelay { get; init; }

    /// <summary>The most HTLCs that the receiver may have offered at once; at most 483.</summary>
    public required ushort MaxAcceptedHtlcs { get; init; }

    /// <summary>The sender's key of the funding output.</summary>
    public required PubKey FundingPubKey { get; init; }

    /// <summary>Base of revocation keys (BOLT 3).</summary>
    public required PubKey RevocationBasepoint { get; init; }

    /// <summary>The sender's key of its output of the receiver's commitments (BOLT 3).</summary>
    public required PubKey PaymentBasepoint { get; init; }

    /// <summary>Base of the delayed keys of the sender's own commitments (BOLT 3).</summary>
    public required PubKey DelayedPaymentBasepoint { get; init; }

    /// <summary>Base of HTLC keys (BOLT 3).</summary>
    public required PubKey HtlcBasepoint { get; init; }

    /// <summary>Per-commitment point of the sender's commitment 0.</summary>
    public required PubKey FirstPerCommitmentPoint { get; init; }

    /// <summary>Bit 0: announce_channel; the others mean nothing yet.</summary>
    public required byte ChannelFlags { get; init; }

    /// <summary>Whether the channel is to be announced to the network.</summary>
    public bool AnnounceChannel => (ChannelFlags & 1) != 0;

    /// <summary>Where the sender's money must go at a mutual close; empty to promise nothing, null where not sent.</summary>
    public Script? UpfrontShutdownScript { get; init; }

    /// <summary>The kind of channel, as feature bits of context T (BOLT 9).</summary>
    public FeatureSet? ChannelType { get; init; }

    internal override void Write(ref WireWriter writer)
    {
        writer.Bytes32(ChainHash.Value);
        writer.ChannelId(TemporaryChannelId);
        writer.Satoshi(Funding, "funding_satoshis");
        writer.MilliSatoshi(Push, "push_msat");
        writer.Satoshi(DustLimit, "dust_limit_satoshis");
        writer.MilliSatoshi(MaxHtlcValueInFlight, "max_htlc_value_in_flight_msat");
        writer.Satoshi(ChannelReserve, "channel_reserve_satoshis");
        writer.MilliSatoshi(HtlcMinimum, "htlc_minimum_msat");
        writer.U32(Feerate.Value);
        writer.U16(ToSelfDelay);
        writer.U16(MaxAcceptedHtlcs);
        writer.Point(FundingPubKey);
        writer.Point(RevocationBasepoint);
        writer.Point(PaymentBasepoint);
        writer.Point(DelayedPaymentBasepoint);
        writer.Point(HtlcBasepoint);
        writer.Point(FirstPerCommitmentPoint);
        writer.U8(ChannelFlags);
        writer.BeginTlvs(Extension);
        if (UpfrontShutdownScript is { } script) writer.Tlv(0, script.Bytes.Span);
        if (ChannelType is { } channelType) writer.Tlv(1, channelType.Bytes.Span);
        writer.EndTlvs();
    }

    internal static OpenChannel Read(ref WireReader reader)
    {
        var message = new OpenChannel
        {
            ChainHash = reader.ChainHash(),
            TemporaryChannelId = reader.ChannelId("temporary_channel_id"),
            Funding = reader.Satoshi("funding_satoshis"),
            Push = reader.MilliSatoshi("push_msat"),
            DustLimit = reader.Satoshi("dust_limit_satoshis"),
            MaxHtlcValueInFlight = reader.MilliSatoshiLimit("max_htlc_value_in_flight_msat"),
            ChannelReserve = reader.Satoshi("channel_reserve_satoshis"),
            HtlcMinimum = reader.MilliSatoshi("htlc_minimum_msat"),
            Feerate = new FeeratePerKw(reader.U32("feerate_per_kw")),
            ToSelfDelay = reader.U16("to_self_delay"),
            MaxAcceptedHtlcs = reader.U16("max_accepted_htlcs"),
            FundingPubKey = reader.Point("funding_pubkey"),
            RevocationBasepoint = reader.Point("revocation_basepoint"),
            PaymentBasepoint = reader.Point("payment_basepoint"),
            DelayedPaymentBasepoint = reader.Point("delayed_payment_basepoint"),
            HtlcBasepoint = reader.Point("htlc_basepoint"),
            FirstPerCommitmentPoint = reader.Point("first_per_commitment_point"),
            ChannelFlags = reader.U8("channel_flags"),
        };
        var tlvs = reader.Tlvs("open_channel_tlvs");
        Script? script = null;
        FeatureSet? channelType = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 0:
                    script = new Script(new Bytes(tlvs.Value.TakeRest()));
                    break;
                case 1:
                    channelType = FeatureSet.FromBytes(tlvs.Value.TakeRest());
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return message with { UpfrontShutdownScript = script, ChannelType = channelType, Extension = tlvs.Unknown };
    }
}
