using Lightning.Actors.Api;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.Payments;

/// <summary>The protobuf forms of a payment's events and messages.</summary>
internal static class PaymentFormats
{
    /// <summary>Manifests of the events begin with this.</summary>
    public const string EventPrefix = "pay.";

    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<PaymentEvent.Started, PaymentStartedProto>("pay.started.1", static e => new() { Terms = e.Terms.ToProto() }, static p => new(p.Terms.ToTerms()));
        formats.Add<PaymentEvent.PartsSent, PaymentPartsSentProto>(
            "pay.sent.1",
            static e => new() { Parts = { e.Parts.Items.Select(static part => part.ToProto()) }, At = e.At.ToProto() },
            static p => new([.. p.Parts.Select(static part => part.ToPart())], p.At.ToTime()));
        formats.Add<PaymentEvent.PartFailed, PaymentPartFailedProto>(
            "pay.part-failed.1",
            static e => new() { Attempt = e.Part.Attempt, Part = e.Part.Part, Failure = e.Failure.ToProto(), At = e.At.ToProto() },
            static p => new(new PartNumber(p.Attempt, p.Part), p.Failure.ToFailure(), p.At.ToTime()));
        formats.Add<PaymentEvent.Succeeded, PaymentSucceededProto>(
            "pay.succeeded.1",
            static e => new() { Preimage = e.Preimage.Value.ToProto(), At = e.At.ToProto() },
            static p => new(new PaymentPreimage(p.Preimage.ToBytes32()), p.At.ToTime()));
        formats.Add<PaymentEvent.Failed, PaymentFailedProto>(
            "pay.failed.1", static e => new() { Reason = (uint)e.Reason, At = e.At.ToProto() }, static p => new((PaymentFailureReason)p.Reason, p.At.ToTime()));

        formats.Add<StartPayment, PaymentStartedProto>("paym.start.1", static m => new() { Terms = m.Terms.ToProto() }, static p => new(p.Terms.ToTerms()));
        formats.Add<GetPayment, PaymentHashProto>("paym.get.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<WatchPayment, PaymentHashProto>("paym.watch.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<UnwatchPayment, PaymentHashProto>("paym.unwatch.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<WakePayment, PaymentHashProto>("paym.wake.1", ToProto, static p => new(p.PaymentHash.ToPaymentHash()));
        formats.Add<PaymentAnswer, PaymentInfoProto>("paym.answer.1", static m => m.Payment.ToProto(), static p => new(p.ToInfo()));
        HtlcReportFormats.AddTo(formats);
    }

    private static PaymentHashProto ToProto(PaymentMessage message) => new() { PaymentHash = message.Payment.Value.ToProto() };
}
