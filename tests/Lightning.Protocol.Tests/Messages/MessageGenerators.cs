using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Messages;

/// <summary>Random valid messages of every type.</summary>
internal static class MessageGenerators
{
    private static readonly PubKey[] Points = [.. Enumerable.Range(1, 16).Select(i =>
    {
        var secret = new byte[32];
        secret[31] = (byte)i;
        using var key = Key.FromBytes(secret);
        return key.PubKey;
    })];

    private static readonly Gen<Bytes32> Hash = Gen.Byte.Array[32].Select(b => new Bytes32(b));
    private static readonly Gen<ChannelId> Channel = Hash.Select(h => new ChannelId(h));
    private static readonly Gen<BlockHash> Chain = Hash.Select(h => new BlockHash(h));
    private static readonly Gen<TxId> Tx = Hash.Select(h => new TxId(h));
    private static readonly Gen<EcdsaSignature> Signature = Gen.Byte.Array[64].Select(b => new EcdsaSignature(b));
    private static readonly Gen<PubKey> Point = Gen.Int[0, 15].Select(i => Points[i]);
    private static readonly Gen<NodeId> Node = Point.Select(p => new NodeId(p));
    private static readonly Gen<Satoshi> Sat = Gen.Long[0, 2_100_000_000_000_000].Select(v => new Satoshi(v));
    private static readonly Gen<MilliSatoshi> Msat = Gen.Long[0, 2_100_000_000_000_000_000].Select(v => new MilliSatoshi(v));
    private static readonly Gen<ShortChannelId> Scid = Gen.ULong.Select(v => new ShortChannelId(v));
    private static readonly Gen<FeatureSet> Features = Gen.Byte.Array[0, 12].Select(b => FeatureSet.FromBytes(b));
    private static readonly Gen<AttributionData> Attribution = Gen.Byte.Array[AttributionData.Length].Select(b => new AttributionData(Bytes.Wrap(b)));
    private static readonly Gen<FundingRetransmit> Retransmit = Gen.Select(Tx, Gen.Byte, (t, b) => new FundingRetransmit(t, b));

    private static readonly Gen<TlvStream> Extension = Gen.Select(Gen.OneOf(Gen.ULong[50, 300], Gen.ULong[0, ulong.MaxValue >> 1]), Data(20), (t, v) => new TlvRecord((t * 2) | 101, v))
        .Array[0, 4]
        .Select(records => new TlvStream([.. records.DistinctBy(r => r.Type).OrderBy(r => r.Type)]));

    private static readonly Gen<NodeAddress> Address = Gen.OneOf(
        Gen.Select(Gen.Byte.Array[4], Gen.UShort, (h, p) => new NodeAddress(NodeAddressType.IPv4, Bytes.Wrap(h), p)),
        Gen.Select(Gen.Byte.Array[16], Gen.UShort, (h, p) => new NodeAddress(NodeAddressType.IPv6, Bytes.Wrap(h), p)),
        Gen.Select(Gen.Byte.Array[10], Gen.UShort, (h, p) => new NodeAddress(NodeAddressType.TorV2, Bytes.Wrap(h), p)),
        Gen.Select(Gen.Byte.Array[35], Gen.UShort, (h, p) => new NodeAddress(NodeAddressType.TorV3, Bytes.Wrap(h), p)),
        Gen.Select(Gen.Byte.Array[0, 255], Gen.UShort, (h, p) => new NodeAddress(NodeAddressType.DnsHostname, Bytes.Wrap(h), p)));

    /// <summary>Some valid point.</summary>
    public static PubKey AnyPoint => Points[0];

    /// <summary>One generator for each type of message.</summary>
    public static IReadOnlyDictionary<string, Gen<LightningMessage>> All { get; } = new Dictionary<string, Gen<LightningMessage>>
    {
        [nameof(Init)] = Message(Gen.Select(Features, Features, Maybe(List(Chain, 3)), Maybe(Data(20)), (g, f, n, a) => new Init(g, f) { Networks = n, RemoteAddress = a })),
        [nameof(Error)] = Message(Gen.Select(Channel, Data(80), (c, d) => new Error(c, d))),
        [nameof(Warning)] = Message(Gen.Select(Channel, Data(80), (c, d) => new Warning(c, d))),
        [nameof(Ping)] = Message(Gen.Select(Gen.UShort, Data(80), (l, d) => new Ping(l, d))),
        [nameof(Pong)] = Message(Data(80).Select(d => new Pong(d))),
        [nameof(OpenChannel)] = Message(Gen.Select(
            Gen.Select(Chain, Channel, Maybe(Script(34)), Maybe(Features)),
            Gen.Select(Sat, Msat, Sat, Msat, Sat, Msat),
            Gen.Select(Gen.UInt, Gen.UShort, Gen.UShort, Gen.Byte),
            Point.Array[6],
            (ids, amounts, numbers, points) => new OpenChannel
            {
                ChainHash = ids.Item1,
                TemporaryChannelId = ids.Item2,
                UpfrontShutdownScript = ids.Item3,
                ChannelType = ids.Item4,
                Funding = amounts.Item1,
                Push = amounts.Item2,
                DustLimit = amounts.Item3,
                MaxHtlcValueInFlight = amounts.Item4,
                ChannelReserve = amounts.Item5,
                HtlcMinimum = amounts.Item6,
                Feerate = new FeeratePerKw(numbers.Item1),
                ToSelfDelay = numbers.Item2,
                MaxAcceptedHtlcs = numbers.Item3,
                ChannelFlags = numbers.Item4,
                FundingPubKey = points[0],
                RevocationBasepoint = points[1],
                PaymentBasepoint = points[2],
                DelayedPaymentBasepoint = points[3],
                HtlcBasepoint = points[4],
                FirstPerCommitmentPoint = points[5],
            })),
        [nameof(AcceptChannel)] = Message(Gen.Select(
            Gen.Select(Channel, Maybe(Script(34)), Maybe(Features)),
            Gen.Select(Sat, Msat, Sat, Msat),
            Gen.Select(Gen.UInt, Gen.UShort, Gen.UShort),
            Point.Array[6],
            (ids, amounts, numbers, points) => new AcceptChannel
            {
                TemporaryChannelId = ids.Item1,
                UpfrontShutdownScript = ids.Item2,
                ChannelType = ids.Item3,
                DustLimit = amounts.Item1,
                MaxHtlcValueInFlight = amounts.Item2,
                ChannelReserve = amounts.Item3,
                HtlcMinimum = amounts.Item4,
                MinimumDepth = numbers.Item1,
                ToSelfDelay = numbers.Item2,
                MaxAcceptedHtlcs = numbers.Item3,
                FundingPubKey = points[0],
                RevocationBasepoint = points[1],
                PaymentBasepoint = points[2],
                DelayedPaymentBasepoint = points[3],
                HtlcBasepoint = points[4],
                FirstPerCommitmentPoint = points[5],
            })),
        [nameof(FundingCreated)] = Message(Gen.Select(Channel, Tx, Gen.UShort, Signature, (c, t, i, s) => new FundingCreated(c, t, i, s))),
        [nameof(FundingSigned)] = Message(Gen.Select(Channel, Signature, (c, s) => new FundingSigned(c, s))),
        [nameof(ChannelReady)] = Message(Gen.Select(Channel, Point, Maybe(Scid), (c, p, a) => new ChannelReady(c, p) { Alias = a })),
        [nameof(Shutdown)] = Message(Gen.Select(Channel, Script(80), (c, s) => new Shutdown(c, s))),
        [nameof(ClosingSigned)] = Message(Gen.Select(Channel, Sat, Signature, Maybe(Gen.Select(Sat, Sat, (a, b) => new FeeRange(a, b))), (c, f, s, r) => new ClosingSigned(c, f, s) { FeeRange = r })),
        [nameof(ClosingComplete)] = Message(Gen.Select(
            Gen.Select(Channel, Script(34), Script(34), Sat, Gen.UInt),
            Gen.Select(Maybe(Signature), Maybe(Signature), Maybe(Signature)),
            (m, s) => new ClosingComplete(m.Item1, m.Item2, m.Item3, m.Item4, m.Item5) { CloserOutputOnly = s.Item1, CloseeOutputOnly = s.Item2, CloserAndCloseeOutputs = s.Item3 })),
        [nameof(ClosingSig)] = Message(Gen.Select(
            Gen.Select(Channel, Script(34), Script(34), Sat, Gen.UInt),
            Gen.Select(Maybe(Signature), Maybe(Signature), Maybe(Signature)),
            (m, s) => new ClosingSig(m.Item1, m.Item2, m.Item3, m.Item4, m.Item5) { CloserOutputOnly = s.Item1, CloseeOutputOnly = s.Item2, CloserAndCloseeOutputs = s.Item3 })),
        [nameof(UpdateAddHtlc)] = Message(Gen.Select(
            Gen.Select(Channel, Gen.ULong, Msat, Hash, Gen.UInt),
            Gen.Select(Gen.Byte.Array[UpdateAddHtlc.OnionLength], Gen.Bool, Point),
            (m, o) => new UpdateAddHtlc(m.Item1, m.Item2, m.Item3, new PaymentHash(m.Item4), m.Item5, Bytes.Wrap(o.Item1)) { PathKey = o.Item2 ? o.Item3 : null })),
        [nameof(UpdateFulfillHtlc)] = Message(Gen.Select(Channel, Gen.ULong, Hash, Maybe(Attribution), (c, i, p, a) => new UpdateFulfillHtlc(c, i, new PaymentPreimage(p)) { AttributionData = a })),
        [nameof(UpdateFailHtlc)] = Message(Gen.Select(Channel, Gen.ULong, Data(300), Maybe(Attribution), (c, i, r, a) => new UpdateFailHtlc(c, i, r) { AttributionData = a })),
        [nameof(UpdateFailMalformedHtlc)] = Message(Gen.Select(Channel, Gen.ULong, Hash, Gen.UShort, (c, i, h, f) => new UpdateFailMalformedHtlc(c, i, h, f))),
        [nameof(CommitmentSigned)] = Message(Gen.Select(Channel, Signature, List(Signature, 20), Maybe(Tx), (c, s, h, t) => new CommitmentSigned(c, s, h) { FundingTxId = t })),
        [nameof(RevokeAndAck)] = Message(Gen.Select(Channel, Hash, Point, (c, s, p) => new RevokeAndAck(c, s, p))),
        [nameof(UpdateFee)] = Message(Gen.Select(Channel, Gen.UInt, (c, f) => new UpdateFee(c, new FeeratePerKw(f)))),
        [nameof(ChannelReestablish)] = Message(Gen.Select(
            Gen.Select(Channel, Gen.ULong, Gen.ULong, Hash, Point),
            Gen.Select(Maybe(Retransmit), Maybe(Retransmit)),
            (m, t) => new ChannelReestablish(m.Item1, m.Item2, m.Item3, m.Item4, m.Item5) { NextFunding = t.Item1, MyCurrentFundingLocked = t.Item2 })),
        [nameof(AnnouncementSignatures)] = Message(Gen.Select(Channel, Scid, Signature, Signature, (c, i, n, b) => new AnnouncementSignatures(c, i, n, b))),
        [nameof(ChannelAnnouncement)] = Gen.Select(
            Gen.Select(Signature, Signature, Signature, Signature),
            Gen.Select(Features, Chain, Scid, Data(20)),
            Gen.Select(Node, Node, Point, Point),
            (s, m, k) => (LightningMessage)new ChannelAnnouncement
            {
                NodeSignature1 = s.Item1,
                NodeSignature2 = s.Item2,
                BitcoinSignature1 = s.Item3,
                BitcoinSignature2 = s.Item4,
                Features = m.Item1,
                ChainHash = m.Item2,
                ShortChannelId = m.Item3,
                ExcessData = m.Item4,
                NodeId1 = k.Item1,
                NodeId2 = k.Item2,
                BitcoinKey1 = k.Item3,
                BitcoinKey2 = k.Item4,
            }),
        [nameof(NodeAnnouncement)] = Gen.Select(
            Gen.Select(Signature, Features, Gen.UInt, Node),
            Gen.Select(Gen.UInt[0, 0xFFFFFF], Hash, List(Address, 4), Gen.OneOf(Gen.Const(default(Bytes)), Data(9).Select(b => Bytes.Wrap([6, .. b.Span]))), Data(20)),
            (m, n) => (LightningMessage)new NodeAnnouncement
            {
                Signature = m.Item1,
                Features = m.Item2,
                Timestamp = m.Item3,
                NodeId = m.Item4,
                RgbColor = n.Item1,
                Alias = new NodeAlias(n.Item2),
                Addresses = n.Item3,
                UnknownAddresses = n.Item4,
                ExcessData = n.Item5,
            }),
        [nameof(ChannelUpdate)] = Gen.Select(
            Gen.Select(Signature, Chain, Scid, Gen.UInt),
            Gen.Select(Gen.Byte, Gen.Byte, Gen.UShort, Data(20)),
            Gen.Select(Msat, Gen.UInt, Gen.UInt, Msat),
            (m, n, a) => (LightningMessage)new ChannelUpdate
            {
                Signature = m.Item1,
                ChainHash = m.Item2,
                ShortChannelId = m.Item3,
                Timestamp = m.Item4,
                MessageFlags = n.Item1,
                ChannelFlags = n.Item2,
                CltvExpiryDelta = n.Item3,
                ExcessData = n.Item4,
                HtlcMinimum = a.Item1,
                FeeBase = new MilliSatoshi(a.Item2),
                FeeProportionalMillionths = a.Item3,
                HtlcMaximum = a.Item4,
            }),
        [nameof(QueryShortChannelIds)] = Message(Gen.Select(Chain, Gen.Select(Scid, Gen.ULong).Array[0, 20], Gen.Bool, (c, i, f) => new QueryShortChannelIds(c, [.. i.Select(x => x.Item1)])
        {
            QueryFlags = f ? [.. i.Select(x => (QueryFlags)x.Item2)] : null,
        })),
        [nameof(ReplyShortChannelIdsEnd)] = Message(Gen.Select(Chain, Gen.Byte, (c, f) => new ReplyShortChannelIdsEnd(c, f))),
        [nameof(QueryChannelRange)] = Message(Gen.Select(Chain, Gen.UInt, Gen.UInt, Maybe(Gen.ULong), (c, f, n, o) => new QueryChannelRange(c, f, n) { QueryOptions = (QueryOptionFlags?)o })),
        [nameof(ReplyChannelRange)] = Message(Gen.Select(
            Gen.Select(Chain, Gen.UInt, Gen.UInt, Gen.Byte),
            Gen.Select(Scid, Gen.UInt, Gen.UInt).Array[0, 20],
            Gen.Select(Gen.Bool, Gen.Bool),
            (m, i, t) => new ReplyChannelRange(m.Item1, m.Item2, m.Item3, m.Item4, [.. i.Select(x => x.Item1)])
            {
                Timestamps = t.Item1 ? [.. i.Select(x => new UpdatePair(x.Item2, x.Item3))] : null,
                Checksums = t.Item2 ? [.. i.Select(x => new UpdatePair(x.Item3, x.Item2))] : null,
            })),
        [nameof(GossipTimestampFilter)] = Message(Gen.Select(Chain, Gen.UInt, Gen.UInt, (c, f, r) => new GossipTimestampFilter(c, f, r))),
        [nameof(UnknownMessage)] = Gen.Select(Gen.UShort[0x8000, 0xFFFF], Data(80), (t, p) => (LightningMessage)new UnknownMessage(t, p)),
    };

    private static Gen<LightningMessage> Message<T>(Gen<T> gen)
        where T : ExtensibleMessage => Gen.Select(gen, Extension, (m, e) => (LightningMessage)(m with { Extension = e }));

    private static Gen<Bytes> Data(int longest) => Gen.Byte.Array[0, longest].Select(b => Bytes.Wrap(b));

    private static Gen<Script> Script(int longest) => Data(longest).Select(b => new Script(b));

    private static Gen<EquatableArray<T>> List<T>(Gen<T> gen, int most) => gen.Array[0, most].Select(items => EquatableArray.Create<T>(items));

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : struct => Gen.Select(Gen.Bool, gen, (some, value) => some ? value : (T?)null);
}
