using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Onion;

/// <summary>The instructions for one node of a blinded path, as its maker encrypts them for that node (BOLT 4, <c>encrypted_data_tlv</c>).</summary>
public sealed record EncryptedDataTlv
{
    private const string Name = "encrypted_data_tlv";

    /// <summary>Makes the streams of all nodes equally long.</summary>
    public Bytes? Padding { get; init; }

    /// <summary>The channel to forward by.</summary>
    public ShortChannelId? ShortChannelId { get; init; }

    /// <summary>The node to forward to.</summary>
    public NodeId? NextNodeId { get; init; }

    /// <summary>What the maker of the path recognizes it by.</summary>
    public Bytes? PathId { get; init; }

    /// <summary>To be used as next path key in place of the derived one: here one path is joined to another.</summary>
    public PubKey? NextPathKeyOverride { get; init; }

    /// <summary>Fee and delta for forwarding a payment.</summary>
    public PaymentRelay? PaymentRelay { get; init; }

    /// <summary>Limits for a payment.</summary>
    public PaymentConstraints? PaymentConstraints { get; init; }

    /// <summary>The features that may be used on this path.</summary>
    public FeatureSet? AllowedFeatures { get; init; }

    /// <summary>Other records, all of odd types.</summary>
    public TlvStream Unknown { get; init; }

    /// <summary>Writes the stream.</summary>
    public Bytes Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        var writer = new WireWriter(buffer);
        writer.BeginTlvs(Unknown);
        if (Padding is { } padding) writer.Tlv(1, padding.Span);
        if (ShortChannelId is { } scid)
        {
            writer.Tlv(2, 8);
            writer.U64(scid.Value);
        }

        if (NextNodeId is { } node) writer.Tlv(4, node.Key.Span);
        if (PathId is { } pathId) writer.Tlv(6, pathId.Span);
        if (NextPathKeyOverride is { } pathKey) writer.Tlv(8, pathKey.Span);
        if (PaymentRelay is { } relay)
        {
            writer.Tlv(10, 6 + WireWriter.TruncatedLength((uint)relay.FeeBase.Value));
            writer.U16(relay.CltvExpiryDelta);
            writer.U32(relay.FeeProportionalMillionths);
            writer.Truncated(checked((uint)relay.FeeBase.Value));
        }

        if (PaymentConstraints is { } constraints)
        {
            writer.Tlv(12, 4 + WireWriter.TruncatedLength((ulong)constraints.HtlcMinimum.Value));
            writer.U32(constraints.MaxCltvExpiry);
            writer.Truncated((ulong)constraints.HtlcMinimum.Value);
        }

        if (AllowedFeatures is { } features) writer.Tlv(14, features.Bytes.Span);
        writer.EndTlvs();
        writer.Complete();
        return new Bytes(buffer.WrittenSpan);
    }

    /// <summary>Reads a stream by the strict rules of BOLT 1.</summary>
    /// <param name="stream">The decrypted stream.</param>
    /// <param name="data">What it says.</param>
    /// <returns>False where it cannot be read or has an unknown even record.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> stream, [NotNullWhen(true)] out EncryptedDataTlv? data)
    {
        try
        {
            data = Read(new TlvReader(stream, Name));
            return true;
        }
        catch (MessageDecodeException)
        {
            data = null;
            return false;
        }
    }

    private static EncryptedDataTlv Read(TlvReader tlvs)
    {
        var data = new EncryptedDataTlv();
        while (tlvs.Next())
        {
            ref var value = ref tlvs.Value;
            switch (tlvs.Type)
            {
                case 1:
                    data = data with { Padding = new Bytes(value.TakeRest()) };
                    break;
                case 2:
                    data = data with { ShortChannelId = value.ShortChannelId() };
                    break;
                case 4:
                    data = data with { NextNodeId = value.NodeId("next_node_id") };
                    break;
                case 6:
                    data = data with { PathId = new Bytes(value.TakeRest()) };
                    break;
                case 8:
                    data = data with { NextPathKeyOverride = value.Point("next_path_key_override") };
                    break;
                case 10:
                    data = data with { PaymentRelay = new PaymentRelay(value.U16("cltv_expiry_delta"), value.U32("fee_proportional_millionths"), new MilliSatoshi(value.Tu32("fee_base_msat"))) };
                    break;
                case 12:
                    data = data with { PaymentConstraints = new PaymentConstraints(value.U32("max_cltv_expiry"), value.TuMilliSatoshi("htlc_minimum_msat")) };
                    break;
                case 14:
                    data = data with { AllowedFeatures = FeatureSet.FromBytes(value.TakeRest()) };
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return data with { Unknown = tlvs.Unknown };
    }
}
