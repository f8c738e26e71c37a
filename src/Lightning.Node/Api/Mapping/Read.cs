using System.Globalization;
using Google.Protobuf;
using Lightning.Actors.Api;

namespace Lightning.Node.Api.Mapping;

/// <summary>Reads what requests carry, with a clear error for each field that makes no sense.</summary>
internal static class Read
{
    /// <summary>An amount that a request gives in satoshi or in millisatoshi; null where it gives none.</summary>
    public static MilliSatoshi? Amount(long satoshi, long millisatoshi)
    {
        if (satoshi != 0 && millisatoshi != 0) throw LightningException.InvalidArgument("sat and msat arguments are mutually exclusive");
        if (satoshi < 0 || millisatoshi < 0) throw LightningException.InvalidArgument("amount cannot be negative");
        if (satoshi > Bitcoin.Primitives.Satoshi.MaxMoney.Value || millisatoshi > Bitcoin.Primitives.Satoshi.MaxMoney.Value * 1000)
            throw LightningException.InvalidArgument("amount is more than all bitcoin");
        return satoshi != 0 ? satoshi.Sat().ToMilliSatoshi() : millisatoshi != 0 ? millisatoshi.Msat() : null;
    }

    /// <summary>An amount in satoshi, not negative.</summary>
    public static Satoshi Satoshi(long value, string field) =>
        value >= 0 && value <= Bitcoin.Primitives.Satoshi.MaxMoney.Value
            ? new Satoshi(value)
            : throw LightningException.InvalidArgument($"{field} is no amount in satoshi");

    /// <summary>32 bytes.</summary>
    public static Bytes32 Bytes32(ByteString value, string field) =>
        value.Length == Bitcoin.Primitives.Bytes32.Size
            ? new Bytes32(value.Span)
            : throw LightningException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"{field} must have 32 bytes, it has {value.Length}"));

    /// <summary>32 bytes in hexadecimal.</summary>
    public static Bytes32 Bytes32(string hex, string field) => Parsed(() => Bitcoin.Primitives.Bytes32.FromHex(hex), field);

    /// <summary>A node's public key, in hexadecimal.</summary>
    public static NodeId NodeId(string hex, string field) => Parsed(() => Protocol.Primitives.NodeId.FromHex(hex), field);

    /// <summary>A node's public key as bytes; null where there are none.</summary>
    public static NodeId? NodeId(ByteString bytes, string field) =>
        bytes.IsEmpty ? null : Parsed(() => Protocol.Primitives.NodeId.FromHex(Convert.ToHexStringLower(bytes.Span)), field);

    /// <summary>The funding outpoint of a channel.</summary>
    public static OutPoint ChannelPoint(Lnrpc.ChannelPoint? point) => point?.FundingTxidCase switch
    {
        Lnrpc.ChannelPoint.FundingTxidOneofCase.FundingTxidBytes => new OutPoint(new TxId(Bytes32(point.FundingTxidBytes, "funding_txid_bytes")), point.OutputIndex),
        Lnrpc.ChannelPoint.FundingTxidOneofCase.FundingTxidStr => new OutPoint(Parsed(() => TxId.Parse(point.FundingTxidStr), "funding_txid_str"), point.OutputIndex),
        _ => throw LightningException.InvalidArgument("must specify channel point"),
    };

    /// <summary>A feerate from whole satoshi per virtual byte, under its new and its old name, or a number of blocks; both null for the node's choice.</summary>
    public static (FeeratePerKw? Feerate, uint? Target) Fee(ulong satPerVbyte, long satPerByte, int targetConf)
    {
        if (satPerByte < 0 || targetConf < 0) throw LightningException.InvalidArgument("sat_per_byte and target_conf cannot be negative");
        if (satPerVbyte != 0 && satPerByte != 0) throw LightningException.InvalidArgument("either sat_per_vbyte or sat_per_byte should be set, but not both");
        var rate = satPerVbyte != 0 ? satPerVbyte : (ulong)satPerByte;
        if (rate != 0 && targetConf != 0) throw LightningException.InvalidArgument("either target_conf or sat_per_vbyte should be set, but not both");
        if (rate > 100_000) throw LightningException.InvalidArgument("sat_per_vbyte is more than any transaction is worth");
        return (rate == 0 ? null : FeeratePerKw.FromSatPerVByte(rate), targetConf == 0 ? null : (uint)targetConf);
    }

    /// <summary>Seconds since 1970; null for 0.</summary>
    public static DateTimeOffset? Time(ulong seconds, string field) =>
        seconds == 0 ? null
        : seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
        : throw LightningException.InvalidArgument($"{field} is no time in seconds since 1970");

    /// <summary>The last moment of a second since 1970; null for 0. Times of this API are whole seconds: what happened within the last one belongs to it.</summary>
    public static DateTimeOffset? EndOf(ulong seconds, string field) => Time(seconds, field) is { } start ? start + (TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1)) : null;

    /// <summary>A text, null where it is empty.</summary>
    public static string? Text(string value) => value.Length == 0 ? null : value;

    /// <summary>Refuses a field that a client has set and this node cannot honour: to ignore it would do something else than was asked.</summary>
    public static void Refuse(bool isSet, string field)
    {
        if (isSet) throw LightningException.Unimplemented($"{field} is not supported");
    }

    /// <summary>Runs a parser and names the field when it fails.</summary>
    public static T Parsed<T>(Func<T> parse, string field)
    {
        try
        {
            return parse();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw LightningException.InvalidArgument($"{field}: {e.Message}");
        }
    }
}
