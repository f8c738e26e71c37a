using System.Globalization;

namespace Lightning.Actors.Api;

/// <summary>An operation of <see cref="ILightningNode"/> that did not go as asked, with a text fit for people.</summary>
/// <remarks>Wallets tell some errors apart by their texts alone: those have a factory here, with the words that wallets know.</remarks>
public sealed class LightningException : Exception
{
    /// <summary>An error of a kind, in words.</summary>
    public LightningException(LightningErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public LightningErrorKind Kind { get; }

    /// <summary>The request makes no sense.</summary>
    public static LightningException InvalidArgument(string message) => new(LightningErrorKind.InvalidArgument, message);

    /// <summary>The state of a channel, invoice or payment does not allow it.</summary>
    public static LightningException FailedPrecondition(string message) => new(LightningErrorKind.FailedPrecondition, message);

    /// <summary>Not done by this node.</summary>
    public static LightningException Unimplemented(string message) => new(LightningErrorKind.Unimplemented, message);

    /// <summary>The peer is not connected.</summary>
    public static LightningException PeerNotConnected(NodeId peer) =>
        new(LightningErrorKind.PeerNotConnected, $"peer is not connected: {peer}");

    /// <summary>The peer is connected already.</summary>
    public static LightningException AlreadyConnected(PeerAddress peer) =>
        new(LightningErrorKind.AlreadyConnected, $"already connected to peer: {peer}");

    /// <summary>The wallet's spendable coins do not suffice.</summary>
    public static LightningException InsufficientFunds(Satoshi needed, Satoshi available) => new(
        LightningErrorKind.InsufficientFunds,
        $"not enough witness outputs to create funding transaction, need {needed.ToString()} only have {available.ToString()} available");

    /// <summary>The wallet's spendable coins suffice, but not for what is kept back for force closings too.</summary>
    /// <param name="needed">What is to be spent, with its fee.</param>
    /// <param name="reserve">What must be left.</param>
    /// <param name="available">What there is.</param>
    public static LightningException ReserveNeeded(Satoshi needed, Satoshi reserve, Satoshi available) => new(
        LightningErrorKind.InsufficientFunds,
        $"reserved wallet balance invalidated: need {needed.ToString()} and a reserve of {reserve.ToString()} for the fees of anchor channel closings, only have {available.ToString()} available");

    /// <summary>No channel with this funding outpoint.</summary>
    public static LightningException UnknownChannel(OutPoint funding) => new(LightningErrorKind.NotFound, $"unable to find channel {funding.ToString()}");

    /// <summary>No invoice with this payment hash.</summary>
    public static LightningException UnknownInvoice() => new(LightningErrorKind.NotFound, "unable to locate invoice");

    /// <summary>An invoice with this payment hash exists.</summary>
    public static LightningException InvoiceAlreadyExists() =>
        new(LightningErrorKind.InvoiceAlreadyExists, "invoice with payment hash already exists");

    /// <summary>The invoice is past its expiry.</summary>
    public static LightningException InvoiceExpired(DateTimeOffset expiredAt) =>
        new(LightningErrorKind.InvoiceExpired, string.Create(CultureInfo.InvariantCulture, $"invoice expired. Valid until {expiredAt:u}"));

    /// <summary>No payment with this hash.</summary>
    public static LightningException UnknownPayment() => new(LightningErrorKind.NotFound, "payment isn't initiated");

    /// <summary>This payment hash has been paid.</summary>
    public static LightningException AlreadyPaid() => new(LightningErrorKind.AlreadyPaid, "invoice is already paid");

    /// <summary>This payment hash is being paid right now.</summary>
    public static LightningException PaymentInTransition() => new(LightningErrorKind.PaymentInTransition, "payment is in transition");
}
