using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Onion;

/// <summary>The TLV stream that an onion carries for one hop of a payment (BOLT 4, "payload format"). Which records a hop must have depends on its place: see <see cref="PaymentOnion"/>.</summary>
public sealed record HopPayload
{
    /// <summary>Type of the record that carries the preimage of a spontaneous payment: widely used, in no BOLT.</summary>
    public const ulong KeysendType = 5482373484;

    private const string Name = "payload";

    /// <summary>What the outgoing HTLC is to hold, or at least what the final node is to get.</summary>
    public MilliSatoshi? AmountToForward { get; init; }

    /// <summary>The outgoing HTLC's expiry, a block height.</summary>
    public uint? OutgoingCltvValue { get; init; }

    /// <summary>The channel to forward by; never in the final node's payload.</summary>
    public ShortChannelId? ShortChannelId { get; init; }

    /// <summary>For the final node.</summary>
    public PaymentData? PaymentData { get; init; }

    /// <summary>For a node inside a blinded path: its instructions, see <see cref="RouteBlinding.Unblind"/>.</summary>
    public Bytes? EncryptedRecipientData { get; init; }

    /// <summary>For the introduction node of a blinded path.</summary>
    public PubKey? CurrentPathKey { get; init; }

    /// <summary>The invoice's metadata, for the final node.</summary>
    public Bytes? PaymentMetadata { get; init; }

    /// <summary>What all parts pay together, for the final node of a blinded path.</summary>
    public MilliSatoshi? TotalAmount { get; init; }

    /// <summary>The preimage of a spontaneous payment, for the final node.</summary>
    public PaymentPreimage? KeysendPreimage { get; init; }

    /// <summary>Other records, all of odd types.</summary>
    public TlvStream Unknown { get; init; }

    /// <summary>Writes the stream, without a length prefix.</summary>
    public Bytes Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new WireWriter(buffer);
        writer.BeginTlvs(Unknown);
        if (AmountToForward is { } amount) WriteAmount(ref writer, 2, amount);
        if (OutgoingCltvValue is { } cltv)
        {
            writer.Tlv(4, WireWriter.TruncatedLength(cltv));
            writer.Truncated(cltv);
        }

        if (ShortChannelId is { } scid)
        {
            writer.Tlv(6, 8);
            writer.U64(scid.Value);
        }

        if (PaymentData is { } data)
        {
            writer.Tlv(8, Bytes32.Size + WireWriter.TruncatedLength((ulong)data.Total.Value));
            writer.Raw(data.Secret.Value.Span);
            writer.Truncated((ulong)data.Total.Value);
        }

        if (EncryptedRecipientData is { } encrypted) writer.Tlv(10, encrypted.Span);
        if (CurrentPathKey is { } pathKey) writer.Tlv(12, pathKey.Span);
        if (PaymentMetadata is { } metadata) writer.Tlv(16, metadata.Span);
        if (TotalAmount is { } total) WriteAmount(ref writer, 18, total);
        if (KeysendPreimage is { } preimage) writer.Tlv(KeysendType, preimage.Value.Span);
        writer.EndTlvs();
        writer.Complete();
        return new Bytes(buffer.WrittenSpan);
    }

    /// <summary>Reads a stream by the strict rules of BOLT 1.</summary>
    /// <param name="stream">The stream, without a length prefix.</param>
    /// <param name="payload">What it says.</param>
    /// <param name="failure">invalid_onion_payload with the record at fault, where it cannot be read or has an unknown even record.</param>
    public static bool TryDecode(ReadOnlySpan<byte> stream, [NotNullWhen(true)] out HopPayload? payload, [NotNullWhen(false)] out FailureMessage? failure)
    {
        (payload, failure) = (null, null);
        var tlvs = new TlvReader(stream, Name);
        try
        {
            payload = Read(ref tlvs);
            return true;
        }
        catch (MessageDecodeException)
        {
            failure = FailureMessage.InvalidOnionPayload(tlvs.Type, 0);
            return false;
        }
    }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"HopPayload({AmountToForward}, expiry {OutgoingCltvValue}, {(ShortChannelId is { } scid ? $"by {scid}" : "no channel")})";

    private static HopPayload Read(ref TlvReader tlvs)
    {
        MilliSatoshi? amount = null, total = null;
        uint? cltv = null;
        ShortChannelId? scid = null;
        PaymentData? data = null;
        Bytes? encrypted = null, metadata = null;
        PubKey? pathKey = null;
        PaymentPreimage? preimage = null;
        while (tlvs.Next())
        {
            ref var value = ref tlvs.Value;
            switch (tlvs.Type)
            {
                case 2:
                    amount = value.TuMilliSatoshi("amt_to_forward");
                    break;
                case 4:
                    cltv = value.Tu32("outgoing_cltv_value");
                    break;
                case 6:
                    scid = value.ShortChannelId();
                    break;
                case 8:
                    data = new PaymentData(new PaymentSecret(value.Bytes32("payment_secret")), value.TuMilliSatoshi("total_msat"));
                    break;
                case 10:
                    encrypted = new Bytes(value.TakeRest());
                    break;
                case 12:
                    pathKey = value.Point("current_path_key");
                    break;
                case 16:
                    metadata = new Bytes(value.TakeRest());
                    break;
                case 18:
                    total = value.TuMilliSatoshi("total_amount_msat");
                    break;
                case KeysendType:
                    preimage = new PaymentPreimage(value.Bytes32("keysend_preimage"));
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new HopPayload
        {
            AmountToForward = amount,
            OutgoingCltvValue = cltv,
            ShortChannelId = scid,
            PaymentData = data,
            EncryptedRecipientData = encrypted,
            CurrentPathKey = pathKey,
            PaymentMetadata = metadata,
            TotalAmount = total,
            KeysendPreimage = preimage,
            Unknown = tlvs.Unknown,
        };
    }

    private static void WriteAmount(ref WireWriter writer, ulong type, MilliSatoshi amount)
    {
        if (amount.Value < 0) throw new ArgumentOutOfRangeException(nameof(amount), amount, "An amount in an onion must not be negative.");
        writer.Tlv(type, WireWriter.TruncatedLength((ulong)amount.Value));
        writer.Truncated((ulong)amount.Value);
    }
}
