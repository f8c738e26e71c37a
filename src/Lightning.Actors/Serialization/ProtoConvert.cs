using Google.Protobuf;
using Lightning.Actors.Serialization.Protos;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Serialization;

/// <summary>The primitive types in protobuf, both ways.</summary>
internal static class ProtoConvert
{
    public static ByteString ToProto(this Bytes32 value) => ByteString.CopyFrom(value.Span);

    public static ByteString ToProto(this Bytes value) => UnsafeByteOperations.UnsafeWrap(value.Memory);

    public static ByteString ToProto(this Script value) => value.Bytes.ToProto();

    public static ByteString ToProto(this PubKey value) => ByteString.CopyFrom(value.Span);

    public static ByteString ToProto(this EcdsaSignature value) => ByteString.CopyFrom(value.Span);

    public static ByteString ToProto(this Transaction value) => UnsafeByteOperations.UnsafeWrap(value.ToBytes());

    public static ByteString ToProto(this Guid value) => UnsafeByteOperations.UnsafeWrap(value.ToByteArray());

    public static long ToProto(this DateTimeOffset value) => value.UtcTicks;

    public static OutPointProto ToProto(this OutPoint value) => new() { TxId = value.TxId.Value.ToProto(), Index = value.Index };

    public static ClaimCoinProto ToProto(this ClaimCoin value) =>
        new() { OutPoint = value.OutPoint.ToProto(), Value = value.Output.Value.Value, Script = value.Output.ScriptPubKey.ToProto() };

    public static ChannelKeyProto ToProto(this LocalChannelKey value) =>
        new() { ShardTag = value.ShardTag, RandomHigh = (ulong)(value.Random >> 64), RandomLow = (ulong)value.Random };

    public static HtlcOriginProto ToProto(this HtlcOrigin value) => value switch
    {
        HtlcOrigin.Local local => new() { Local = new() { PaymentHash = local.Payment.Value.ToProto(), Attempt = local.Attempt, Part = local.Part } },
        HtlcOrigin.Relayed relayed => new() { Relayed = new() { Channel = relayed.Channel.ToProto(), HtlcId = relayed.HtlcId } },
        _ => throw new NotSupportedException($"{value.GetType()} has no protobuf form."),
    };

    public static Bytes32 ToBytes32(this ByteString value) => new(value.Span);

    public static Bytes ToBytes(this ByteString value) => new(value.Span);

    public static Script ToScript(this ByteString value) => new(value.ToBytes());

    public static PubKey ToPubKey(this ByteString value) => PubKey.Parse(value.Span);

    public static NodeId ToNodeId(this ByteString value) => new(value.ToPubKey());

    public static EcdsaSignature ToSignature(this ByteString value) => new(value.Span);

    public static Transaction ToTransaction(this ByteString value) => Transaction.Parse(value.Span);

    public static TxId ToTxId(this ByteString value) => new(value.ToBytes32());

    public static PaymentHash ToPaymentHash(this ByteString value) => new(value.ToBytes32());

    public static Guid ToGuid(this ByteString value) => new(value.Span);

    public static DateTimeOffset ToTime(this long utcTicks) => new(utcTicks, TimeSpan.Zero);

    public static OutPoint ToOutPoint(this OutPointProto value) => new(value.TxId.ToTxId(), value.Index);

    public static ClaimCoin ToClaimCoin(this ClaimCoinProto value) => new(value.OutPoint.ToOutPoint(), new TxOut(new Satoshi(value.Value), value.Script.ToScript()));

    public static LocalChannelKey ToChannelKey(this ChannelKeyProto value) => new(value.ShardTag, new UInt128(value.RandomHigh, value.RandomLow));

    public static HtlcOrigin ToOrigin(this HtlcOriginProto value) => value.KindCase switch
    {
        HtlcOriginProto.KindOneofCase.Local => new HtlcOrigin.Local(value.Local.PaymentHash.ToPaymentHash(), value.Local.Attempt, value.Local.Part),
        HtlcOriginProto.KindOneofCase.Relayed => new HtlcOrigin.Relayed(value.Relayed.Channel.ToChannelKey(), value.Relayed.HtlcId),
        _ => throw new InvalidDataException("An HTLC's origin is missing."),
    };
}
