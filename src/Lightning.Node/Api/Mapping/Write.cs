using Google.Protobuf;
using Lightning.Actors.Api;

namespace Lightning.Node.Api.Mapping;

/// <summary>Small conversions for answers.</summary>
internal static class Write
{
    public static ByteString Bytes(Bytes32 value) => ByteString.CopyFrom(value.Span);

    public static long Sat(MilliSatoshi amount) => amount.ToSatoshi().Value;

    public static Lnrpc.Amount Amount(MilliSatoshi amount) => new() { Sat = (ulong)Sat(amount), Msat = (ulong)amount.Value };

    public static long Seconds(DateTimeOffset? time) => time?.ToUnixTimeSeconds() ?? 0;

    public static long Nanoseconds(DateTimeOffset? time) => time is { } t ? (t - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick : 0;

    public static Lnrpc.ChannelPoint ChannelPoint(OutPoint point) =>
        new() { FundingTxidBytes = Bytes(point.TxId.Value), OutputIndex = point.Index };

    public static void Features(IReadOnlyList<int> bits, Google.Protobuf.Collections.MapField<uint, Lnrpc.Feature> into)
    {
        foreach (var bit in bits)
        {
            var name = FeatureNames.Of(bit);
            into[(uint)bit] = new Lnrpc.Feature { Name = name ?? "unknown", IsRequired = bit % 2 == 0, IsKnown = name is not null };
        }
    }

    public static Lnrpc.CommitmentType CommitmentType(CommitmentType type) => type switch
    {
        Actors.Api.CommitmentType.StaticRemoteKey => Lnrpc.CommitmentType.StaticRemoteKey,
        Actors.Api.CommitmentType.Anchors => Lnrpc.CommitmentType.Anchors,
        Actors.Api.CommitmentType.SimpleTaproot => Lnrpc.CommitmentType.SimpleTaproot,
        _ => Lnrpc.CommitmentType.UnknownCommitmentType,
    };
}
