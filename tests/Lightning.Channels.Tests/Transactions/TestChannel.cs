using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Formats;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Transactions;

/// <summary>A channel between two nodes with derived keys, and random things to commit to. Alice owns the commitment.</summary>
internal sealed class TestChannel
{
    public const ulong CommitmentNumber = 77;

    private static readonly byte[] AliceSeed = Enumerable.Repeat((byte)1, 64).ToArray();
    private static readonly byte[] BobSeed = Enumerable.Repeat((byte)2, 64).ToArray();

    public TestChannel(CommitmentFormat format, bool aliceIsOpener, Satoshi dustLimit, CommitmentSpec spec)
    {
        PubKey alicePubKey = Alice.Basepoints.FundingPubKey, bobPubKey = Bob.Basepoints.FundingPubKey;
        var outPoint = new OutPoint(new TxId(Hashes.Sha256("funding"u8)), 1);
        var point = Alice.PerCommitmentPoint(CommitmentNumber);
        AliceFunding = new ChannelFunding(outPoint, Capacity, alicePubKey, bobPubKey);
        BobFunding = new ChannelFunding(outPoint, Capacity, bobPubKey, alicePubKey);
        var aliceTerms = new CommitmentTerms(CommitmentOwner.Local, format, aliceIsOpener, dustLimit, ToSelfDelay: 720, Alice.Basepoints, Bob.Basepoints);
        var bobTerms = aliceTerms with { Owner = CommitmentOwner.Remote };
        ByAlice = CommitmentTransaction.Build(aliceTerms, AliceFunding, spec, CommitmentNumber, aliceTerms.DeriveKeys(point));
        ByBob = CommitmentTransaction.Build(bobTerms, BobFunding, spec, CommitmentNumber, bobTerms.DeriveKeys(point));
    }

    public static Satoshi Capacity { get; } = 1_000_000.Sat();

    public static Script Destination { get; } = ScriptTemplates.P2wpkh(PubKey.FromHex("025f7117a78150fe2ef97db7cfc83bd57b2e2c0d0dd25eaf467a4a1c2a45ce1486"));

    public static LocalChannelSigner Alice { get; } = new(AliceSeed, 7);

    public static LocalChannelSigner Bob { get; } = new(BobSeed, 3);

    /// <summary>Channels of every format with up to a dozen HTLCs; hashes, amounts and expiries often coincide.</summary>
    public static Gen<TestChannel> Any { get; } =
        from format in Gen.OneOf(CommitmentFormat.StaticRemoteKey, CommitmentFormat.Anchors, CommitmentFormat.AnchorsWithHtlcFees)
        from aliceIsOpener in Gen.Bool
        from dustLimit in Gen.OneOf(354L, 546L, 3000L)
        from feerate in Gen.UInt[253, 5000]
        from htlcs in Gen.Select(
            Gen.OneOf(HtlcDirection.Offered, HtlcDirection.Received),
            Gen.OneOf(Gen.Long[1, 30_000_000], Gen.OneOf(5_000_000L, 5_000_001L, 545_999L, 546_000L)),
            Gen.ULong[0, 3],
            Gen.UInt[500, 503]).Array[0, 12]
        from share in Gen.Int[0, 1000]
        select Make(format, aliceIsOpener, dustLimit, feerate, htlcs, share);

    public ChannelFunding AliceFunding { get; }

    public ChannelFunding BobFunding { get; }

    /// <summary>Alice's commitment as she builds it.</summary>
    public CommitmentTransaction ByAlice { get; }

    /// <summary>Alice's commitment as Bob builds it.</summary>
    public CommitmentTransaction ByBob { get; }

    public static PaymentPreimage Preimage(ulong number) => new(Hashes.Sha256([(byte)number]));

    public static Dictionary<PaymentHash, PaymentPreimage> Preimages { get; } = Enumerable.Range(0, 4).Select(number => Preimage((ulong)number)).ToDictionary(preimage => preimage.Hash);

    /// <summary>For the message of a property that fails.</summary>
    public override string ToString() =>
        $"{ByAlice.Terms.Format}, {(ByAlice.Terms.OwnerIsOpener ? "Alice" : "Bob")} opened, dust {ByAlice.Terms.DustLimit}, {ByAlice.Spec}: {string.Join("; ", ByAlice.Spec.Htlcs)}";

    private static TestChannel Make(
        CommitmentFormat format, bool aliceIsOpener, long dustLimit, uint feerate, (HtlcDirection Direction, long Amount, ulong Preimage, uint Expiry)[] htlcs, int share)
    {
        var free = Capacity.ToMilliSatoshi() - htlcs.Sum(htlc => htlc.Amount).Msat();
        // An opener who cannot pay for the anchors is one that BOLT 2 lets nobody become: its commitment would give more than the channel has.
        var anchors = CommitmentFormat.Anchors.AnchorsCost.ToMilliSatoshi();
        var toLocal = aliceIsOpener ? MilliSatoshi.Max(anchors, free * share / 1000) : MilliSatoshi.Min(free - anchors, free * share / 1000);
        return new TestChannel(format, aliceIsOpener, dustLimit.Sat(), new CommitmentSpec(
            new FeeratePerKw(feerate),
            toLocal,
            free - toLocal,
            [.. htlcs.Select((htlc, id) => new CommittedHtlc(htlc.Direction, (ulong)id, htlc.Amount.Msat(), Preimage(htlc.Preimage).Hash, htlc.Expiry))]));
    }
}
