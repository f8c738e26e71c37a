using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Formats;
using Lightning.Channels.Keys;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Transactions;

/// <summary>The channel of BOLT 3's appendix C, with both nodes' keys: "local" is the opener and owns the commitment of the vectors.</summary>
internal static class Bolt3Channel
{
    public const ulong CommitmentNumber = 42;

    public static readonly PubKey PerCommitmentPoint = PubKey.FromHex("025f7117a78150fe2ef97db7cfc83bd57b2e2c0d0dd25eaf467a4a1c2a45ce1486");

    public static readonly LocalChannelSigner LocalSigner = Signer(
        funding: "30ff4956bbdd3222d44cc5e8a1261dab1e07957bdac5ae88fe3261ef321f3749",
        revocation: "5555555555555555555555555555555555555555555555555555555555555555",
        payment: "1111111111111111111111111111111111111111111111111111111111111111",
        delayed: "3333333333333333333333333333333333333333333333333333333333333333",
        htlc: "1111111111111111111111111111111111111111111111111111111111111111");

    public static readonly LocalChannelSigner RemoteSigner = Signer(
        funding: "1552dfba4f6cf29a62a0af13c8d6981d36d0ef8d61ba10fb0fe90da7634d7e13",
        revocation: "2222222222222222222222222222222222222222222222222222222222222222",
        payment: "4444444444444444444444444444444444444444444444444444444444444444",
        delayed: "6666666666666666666666666666666666666666666666666666666666666666",
        htlc: "4444444444444444444444444444444444444444444444444444444444444444");

    public static readonly ImmutableArray<CommittedHtlc> Htlcs =
    [
        Htlc(HtlcDirection.Received, 0, 1_000_000, 500),
        Htlc(HtlcDirection.Received, 1, 2_000_000, 501),
        Htlc(HtlcDirection.Offered, 2, 2_000_000, 502),
        Htlc(HtlcDirection.Offered, 3, 3_000_000, 503),
        Htlc(HtlcDirection.Received, 4, 4_000_000, 504),
        Htlc(HtlcDirection.Offered, 5, 5_000_000, 506),
        Htlc(HtlcDirection.Offered, 6, 5_000_001, 505) with { PaymentHash = PreimageOf(5).Hash },
    ];

    private static readonly OutPoint FundingOutPoint = new(TxId.Parse("8984484a580b825b9972d7adb15050b3ab624ccd731946b3eeddb92f4e7ef6be"), 0);

    public static PaymentPreimage PreimageOf(ulong htlcId)
    {
        Span<byte> preimage = stackalloc byte[32];
        preimage.Fill((byte)(htlcId == 6 ? 5 : htlcId));
        return new PaymentPreimage(new Bytes32(preimage));
    }

    /// <summary>The HTLCs that a vector has, by its name.</summary>
    public static ImmutableArray<CommittedHtlc> HtlcsOf(string name) => name switch
    {
        _ when name.Contains("same amount and preimage", StringComparison.Ordinal) => [Htlcs[1], Htlcs[5], Htlcs[6]],
        _ when name.StartsWith("simple", StringComparison.Ordinal) => [],
        _ => Htlcs[..5],
    };

    /// <summary>The commitment as its owner builds it.</summary>
    public static CommitmentTransaction ForOwner(CommitmentFormat format, Satoshi dustLimit, CommitmentSpec spec) =>
        Build(CommitmentOwner.Local, format, dustLimit, spec, LocalSigner.Basepoints.FundingPubKey, RemoteSigner.Basepoints.FundingPubKey);

    /// <summary>The same commitment as the other node builds it.</summary>
    public static CommitmentTransaction ForOther(CommitmentFormat format, Satoshi dustLimit, CommitmentSpec spec) =>
        Build(CommitmentOwner.Remote, format, dustLimit, spec, RemoteSigner.Basepoints.FundingPubKey, LocalSigner.Basepoints.FundingPubKey);

    private static CommitmentTransaction Build(CommitmentOwner owner, CommitmentFormat format, Satoshi dustLimit, CommitmentSpec spec, PubKey local, PubKey remote)
    {
        var terms = new CommitmentTerms(owner, format, OwnerIsOpener: true, dustLimit, ToSelfDelay: 144, LocalSigner.Basepoints, RemoteSigner.Basepoints);
        return CommitmentTransaction.Build(terms, new ChannelFunding(FundingOutPoint, 10_000_000.Sat(), local, remote), spec, CommitmentNumber, terms.DeriveKeys(PerCommitmentPoint));
    }

    private static CommittedHtlc Htlc(HtlcDirection direction, ulong id, long amount, uint expiry) => new(direction, id, amount.Msat(), PreimageOf(id).Hash, expiry);

    private static LocalChannelSigner Signer(string funding, string revocation, string payment, string delayed, string htlc) =>
        new(new ChannelSecrets(KeyOf(funding), KeyOf(revocation), KeyOf(payment), KeyOf(delayed), KeyOf(htlc), Bytes32.Zero));

    private static Key KeyOf(string hex) => Key.FromBytes(Convert.FromHexString(hex));
}
