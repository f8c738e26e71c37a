using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Payments.Messages;

/// <summary>
/// What a channel says of an HTLC that it was asked to offer for a payment of this node. A result (<see cref="HtlcFulfilled"/>, <see cref="HtlcFailed"/>)
/// is repeated until the channel is sent AcknowledgeResult; the answer to an add is given again whenever the add is repeated.
/// </summary>
/// <param name="Origin">Which part of which attempt.</param>
/// <param name="Channel">The channel.</param>
internal abstract record HtlcReport(HtlcOrigin.Local Origin, LocalChannelKey Channel) : PaymentMessage(Origin.Payment);

/// <summary>The HTLC is signed for, durably: the add need not be repeated.</summary>
/// <param name="Origin">Which part of which attempt.</param>
/// <param name="Channel">The channel.</param>
internal sealed record HtlcAccepted(HtlcOrigin.Local Origin, LocalChannelKey Channel) : HtlcReport(Origin, Channel);

/// <summary>The channel refuses this part for ever: another one may be tried.</summary>
/// <param name="Origin">Which part of which attempt.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Reason">Why.</param>
internal sealed record HtlcRefused(HtlcOrigin.Local Origin, LocalChannelKey Channel, AddRefusal Reason) : HtlcReport(Origin, Channel);

/// <summary>The HTLC is paid. May come before the channel has written it: the preimage proves itself.</summary>
/// <param name="Origin">Which part of which attempt.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Preimage">The preimage.</param>
/// <param name="AttributionData">Hold times with proofs; null where there are none.</param>
internal sealed record HtlcFulfilled(HtlcOrigin.Local Origin, LocalChannelKey Channel, PaymentPreimage Preimage, AttributionData? AttributionData)
    : HtlcReport(Origin, Channel);

/// <summary>The HTLC failed, irrevocably.</summary>
/// <param name="Origin">Which part of which attempt.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Failure">How.</param>
internal sealed record HtlcFailed(HtlcOrigin.Local Origin, LocalChannelKey Channel, HtlcFailure Failure) : HtlcReport(Origin, Channel);
