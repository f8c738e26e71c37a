using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>Invoices and payments.</summary>
internal static class PaymentCommands
{
    private const long SmallestDefaultFeeMsat = 10_000;
    private const int DefaultFeePercent = 5;

    public static IEnumerable<Command> Create(CommandContext context)
    {
        yield return AddInvoice(context);
        yield return PayInvoice(context);

        var invoice = new Argument<string>("invoice") { HelpName = "INVOICE", Description = "The invoice, as in lnbc1..." };
        yield return ClientCommand.Unary(context, "decodepayreq", "What an invoice says.", [invoice],
            (parsed, client, cancellation) => client.Lightning.DecodePayReqAsync(new Lnrpc.PayReqString { PayReq = parsed.GetValue(invoice) }, cancellationToken: cancellation),
            Show);

        var hash = new Argument<string>("hash") { HelpName = "HASH", Description = "Its payment hash, 64 hexadecimal digits." };
        yield return ClientCommand.Unary(context, "lookupinvoice", "One of our invoices.", [hash],
            (parsed, client, cancellation) => client.Lightning.LookupInvoiceAsync(new Lnrpc.PaymentHash { RHashStr = parsed.GetValue(hash) }, cancellationToken: cancellation),
            (answer, printer) => printer.Pairs(
                ("state", answer.State.ToString()), ("amount", answer.ValueMsat == 0 ? "any" : Printer.Amount(answer.ValueMsat)), ("paid", Printer.Amount(answer.AmtPaidMsat)),
                ("for", answer.Memo), ("made", Printer.Time(answer.CreationDate)), ("settled", Printer.Time(answer.SettleDate)),
                ("expires", Printer.Time(answer.CreationDate + answer.Expiry)), ("payment hash", Convert.ToHexStringLower(answer.RHash.Span)),
                ("preimage", Convert.ToHexStringLower(answer.RPreimage.Span)), ("invoice", answer.PaymentRequest)));

        var (max, offset, pending) = (Max(), Offset(), new Option<bool>("--pending-only") { Description = "Only those neither settled nor cancelled." });
        yield return ClientCommand.Unary(context, "listinvoices", "Our invoices, the newest last.", [max, offset, pending],
            (parsed, client, cancellation) => client.Lightning.ListInvoicesAsync(new Lnrpc.ListInvoiceRequest
            {
                NumMaxInvoices = parsed.GetValue(max), IndexOffset = parsed.GetValue(offset), PendingOnly = parsed.GetValue(pending), Reversed = true,
            }, cancellationToken: cancellation),
            (answer, printer) => printer.Table(
                ["index", "made", "state", "amount (sat)", "paid (sat)", "for", "payment hash"],
                answer.Invoices.Select(i => (IReadOnlyList<string>)
                [
                    Printer.Number((long)i.AddIndex), Printer.Time(i.CreationDate), i.State.ToString(), i.ValueMsat == 0 ? "any" : Sat(i.ValueMsat), Sat(i.AmtPaidMsat), i.Memo, Convert.ToHexStringLower(i.RHash.Span),
                ]),
                "There are no invoices."));

        var (maxPayments, paymentOffset, all) = (Max(), Offset(), new Option<bool>("--all") { Description = "Also those that failed or are under way." });
        yield return ClientCommand.Unary(context, "listpayments", "Our payments, the newest last.", [maxPayments, paymentOffset, all],
            (parsed, client, cancellation) => client.Lightning.ListPaymentsAsync(new Lnrpc.ListPaymentsRequest
            {
                MaxPayments = parsed.GetValue(maxPayments), IndexOffset = parsed.GetValue(paymentOffset), IncludeIncomplete = parsed.GetValue(all), Reversed = true,
            }, cancellationToken: cancellation),
            (answer, printer) => printer.Table(
                ["index", "made", "status", "amount (sat)", "fee (sat)", "payment hash"],
                answer.Payments.Select(p => (IReadOnlyList<string>)
                    [Printer.Number((long)p.PaymentIndex), Printer.Time(p.CreationTimeNs / 1_000_000_000), Status(p), Sat(p.ValueMsat), Sat(p.FeeMsat), p.PaymentHash]),
                "There are no payments."));
    }

    private static Command AddInvoice(CommandContext context)
    {
        var amount = new AmountOption("", "What is asked for (without it the payer chooses)");
        var memo = new Option<string>("--memo") { HelpName = "TEXT", Description = "What it is for; stands in the invoice.", DefaultValueFactory = _ => "" };
        var expiry = new Option<long>("--expiry") { HelpName = "SECONDS", Description = "How long it can be paid. Default: the node's, a day." };
        var preimage = new Option<string?>("--preimage") { HelpName = "HEX", Description = "The preimage, 64 hexadecimal digits. Default: drawn by the node." };
        var isPrivate = new Option<bool>("--private") { Description = "Tell the payer of our unannounced channels." };
        var command = ClientCommand.Unary(context, "addinvoice", "Makes an invoice, and prints it.", [.. amount.Symbols, memo, expiry, preimage, isPrivate],
            (parsed, client, cancellation) => client.Lightning.AddInvoiceAsync(new Lnrpc.Invoice
            {
                ValueMsat = amount.Value(parsed)?.Value ?? 0,
                Memo = parsed.GetValue(memo),
                Expiry = parsed.GetValue(expiry),
                RPreimage = parsed.GetValue(preimage) is { } hex ? ByteString.CopyFrom(Hex(hex, "--preimage")) : ByteString.Empty,
                Private = parsed.GetValue(isPrivate),
            }, cancellationToken: cancellation),
            (answer, printer) =>
            {
                printer.Line(answer.PaymentRequest);
                printer.Line("");
                printer.Pairs(("payment hash", Convert.ToHexStringLower(answer.RHash.Span)), ("index", Printer.Number((long)answer.AddIndex)));
            });
        amount.Validate(command);
        return command;
    }

    private static Command PayInvoice(CommandContext context)
    {
        var invoice = new Argument<string>("invoice") { HelpName = "INVOICE", Description = "The invoice, as in lnbc1..." };
        var amount = new AmountOption("", "What to pay (only where the invoice leaves it open)");
        var limit = new AmountOption("fee-limit-", "Most to pay in routing fees (default: 5 % of the amount, and 10 sat at least)");
        var timeout = new Option<int>("--timeout") { HelpName = "SECONDS", Description = "How long to try.", DefaultValueFactory = _ => 60 };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = ClientCommand.Create(context, "payinvoice", "Pays an invoice. Exit code 0: paid; 1: refused, or not paid and nothing of it will be; 3 and 130: not known, see listpayments --all.", [invoice, .. amount.Symbols, .. limit.Symbols, timeout, yes], async (parsed, client, printer, json, cancellation) =>
        {
            var decoded = await client.Lightning.DecodePayReqAsync(new Lnrpc.PayReqString { PayReq = parsed.GetValue(invoice) }, cancellationToken: cancellation);
            var given = amount.Value(parsed);
            if (decoded.NumMsat == 0 && given is null) throw new ConfigurationException("The invoice leaves the amount open: give --sat or --msat.");
            if (decoded.NumMsat != 0 && given is not null) throw new ConfigurationException($"The invoice asks for {Printer.Amount(decoded.NumMsat)}: leave --sat and --msat away.");
            var pays = given?.Value ?? decoded.NumMsat;
            var fees = limit.Value(parsed)?.Value ?? Math.Max(SmallestDefaultFeeMsat, pays * DefaultFeePercent / 100);
            if (!json)
            {
                Show(decoded, printer);
                printer.Pairs(("pays", Printer.Amount(pays)), ("fees at most", Printer.Amount(fees)));
            }
            if (context.IsInteractive && !json && !parsed.GetValue(yes) && !Confirmed(context)) return ExitCode.Failed;

            using var call = client.Router.SendPaymentV2(new Routerrpc.SendPaymentRequest
            {
                PaymentRequest = parsed.GetValue(invoice), AmtMsat = given?.Value ?? 0, FeeLimitMsat = fees, TimeoutSeconds = parsed.GetValue(timeout), NoInflightUpdates = true,
            }, cancellationToken: cancellation);
            Lnrpc.Payment? last = null;
            await foreach (var update in call.ResponseStream.ReadAllAsync(cancellation)) last = update;
            if (last is not null && json) printer.Json(last);
            else if (last is not null) ShowResult(last, printer);
            return last?.Status == Lnrpc.Payment.Types.PaymentStatus.Succeeded ? ExitCode.Done : ExitCode.Failed;
        });
        amount.Validate(command);
        limit.Validate(command);
        return command;
    }

    private static void Show(Lnrpc.PayReq invoice, Printer printer) => printer.Pairs(
        ("to", invoice.Destination), ("amount", invoice.NumMsat == 0 ? "any" : Printer.Amount(invoice.NumMsat)), ("for", invoice.Description),
        ("made", Printer.Time(invoice.Timestamp)), ("expires", Printer.Time(invoice.Timestamp + invoice.Expiry)), ("payment hash", invoice.PaymentHash));

    private static void ShowResult(Lnrpc.Payment payment, Printer printer)
    {
        if (payment.Status == Lnrpc.Payment.Types.PaymentStatus.Succeeded)
            printer.Pairs(("result", "paid"), ("fee", Printer.Amount(payment.FeeMsat)), ("preimage", payment.PaymentPreimage));
        else
            printer.Pairs(("result", "not paid"), ("reason", Words(payment.FailureReason)));
    }

    private static string Words(Lnrpc.PaymentFailureReason reason) => reason switch
    {
        Lnrpc.PaymentFailureReason.FailureReasonTimeout => "no attempt succeeded in time",
        Lnrpc.PaymentFailureReason.FailureReasonNoRoute => "no route within the limits",
        Lnrpc.PaymentFailureReason.FailureReasonIncorrectPaymentDetails => "the payee does not know this payment, or the amount",
        Lnrpc.PaymentFailureReason.FailureReasonInsufficientBalance => "our channels do not hold enough",
        Lnrpc.PaymentFailureReason.FailureReasonCanceled => "cancelled",
        _ => "an error in the node; see its log",
    };

    private static bool Confirmed(CommandContext context)
    {
        context.Output.Write("Pay? [y/N] ");
        return context.Input.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static string Status(Lnrpc.Payment payment) =>
        payment.Status == Lnrpc.Payment.Types.PaymentStatus.Failed ? $"Failed: {Words(payment.FailureReason)}" : payment.Status.ToString();

    private static string Sat(long msat) => Printer.Amount(msat)[..^4];

    private static Option<ulong> Max() => new("--max") { HelpName = "N", Description = "Most to show.", DefaultValueFactory = _ => 25 };

    private static Option<ulong> Offset() => new("--before") { HelpName = "INDEX", Description = "Only those before this index, to page backwards." };

    private static byte[] Hex(string hex, string option)
    {
        try
        {
            return Bytes32.FromHex(hex).ToArray();
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"{option}: {e.Message}");
        }
    }
}
