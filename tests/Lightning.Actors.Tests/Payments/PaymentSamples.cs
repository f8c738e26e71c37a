using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using Lightning.Routing.Payments;

namespace Lightning.Actors.Tests.Payments;

internal static class PaymentSamples
{
    public const uint Height = 800_000;

    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    public static readonly PaymentPreimage Preimage = new(Filled(7));
    public static readonly PaymentHash Hash = Preimage.Hash;
    public static readonly LocalChannelKey Channel = new(1, 1);
    public static readonly Key PeerKey = Key.FromBytes(Filled(21).Span);
    public static readonly Key PayeeKey = Key.FromBytes(Filled(22).Span);

    public static Bytes32 Filled(byte value) => new(Enumerable.Repeat(value, 32).ToArray());

    public static PaymentEnvironment At(TimeSpan after = default) => new(Noon + after, Height);

    public static PaymentTerms Terms(long amount = 100_000, byte request = 1) => new()
    {
        RequestId = new Guid(request, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        PaymentHash = Hash,
        PaymentSecret = new PaymentSecret(Filled(9)),
        Payee = new NodeId(PayeeKey.PubKey),
        Amount = new MilliSatoshi(amount),
        FeeLimit = new MilliSatoshi(5_000),
        MinFinalCltvExpiryDelta = 80,
        CltvLimit = 1_000,
        MaxParts = 16,
        CreatedAt = Noon,
        Deadline = Noon + TimeSpan.FromSeconds(60),
        PaymentRequest = "lnbcrt1",
    };

    /// <summary>Over our peer, which keeps 1,000 msat, to the payee.</summary>
    public static Route Route(long amount = 100_000, ulong scid = 1) => new(
    [
        new RouteHop(new NodeId(PeerKey.PubKey), new ShortChannelId(scid), new MilliSatoshi(amount + 1_000), Height + 180, new MilliSatoshi(1_000)),
        new RouteHop(new NodeId(PayeeKey.PubKey), new ShortChannelId(scid + 100), new MilliSatoshi(amount), Height + 83, MilliSatoshi.Zero),
    ]);

    public static PlannedPart Planned(long amount = 100_000, ulong scid = 1, byte session = 33, uint channel = 1) =>
        new(new LocalChannelKey(channel, channel), Route(amount, scid), Filled(session));

    public static HtlcOrigin.Local Origin(uint attempt, uint part = 0) => new(Hash, attempt, part);

    public static PaymentCommand Fulfilled(uint attempt, uint part = 0) => new PaymentCommand.Report(new HtlcFulfilled(Origin(attempt, part), Channel, Preimage, null));

    /// <summary>As the hop would answer: 0 the peer, 1 the payee.</summary>
    public static PaymentCommand Failed(PlannedPart planned, uint attempt, FailureMessage failure, int hop, uint part = 0)
    {
        using var session = Key.FromBytes(planned.SessionKey.Span);
        var secrets = PaymentOnionBuilder.SharedSecrets(planned.Route, session);
        var reason = FailureOnion.Create(secrets[hop], failure);
        for (var i = hop - 1; i >= 0; i--) reason = FailureOnion.Wrap(secrets[i], reason);
        return new PaymentCommand.Report(new HtlcFailed(
            Origin(attempt, part), planned.Channel, new Lightning.Channels.Updates.HtlcFailure.Remote(new Bytes(reason), null)));
    }
}
