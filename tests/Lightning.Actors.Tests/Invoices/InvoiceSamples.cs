using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Tests.Invoices;

internal static class InvoiceSamples
{
    public const uint Height = 800_000;
    public const uint Margin = 24;

    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    public static readonly PaymentPreimage Preimage = new(new Bytes32(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray()));
    public static readonly PaymentHash Hash = Preimage.Hash;
    public static readonly PaymentSecret Secret = new(new Bytes32(Enumerable.Range(101, 32).Select(i => (byte)i).ToArray()));

    public static InvoiceEnvironment At(TimeSpan after = default, uint height = Height) => new(Noon + after, after, height, TimeSpan.FromSeconds(60), Margin);

    public static InvoiceTerms Terms(long? amount = 100_000, bool hold = false) => new(
        Hash, hold ? null : Preimage, Secret, "lnbcrt1", amount is { } msat ? new MilliSatoshi(msat) : null, Noon, TimeSpan.FromHours(1), 80)
    {
        Description = "coffee",
    };

    public static InvoicePart Part(ulong id, long amount = 100_000, long? total = null, uint? expiry = null, TimeSpan after = default, uint channel = 1) => new(
        new PartKey(new LocalChannelKey(channel, channel), id),
        new ShortChannelId(1, 2, 3),
        new MilliSatoshi(amount),
        new MilliSatoshi(amount),
        new MilliSatoshi(total ?? amount),
        expiry ?? (Height + 90),
        Noon + after,
        Height);

    public static OfferPart Offer(InvoicePart part) => new(
        Hash, part.Key.Channel, part.Key.HtlcId, part.ShortChannelId, part.HtlcAmount, part.Amount, part.Total, part.CltvExpiry, part.ReceivedAt, null);
}
