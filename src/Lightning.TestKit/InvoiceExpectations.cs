using Lightning.Actors.Api;

namespace Lightning.TestKit;

/// <summary>What a scenario expects of invoices, as their payee knows them.</summary>
public static class InvoiceExpectations
{
    /// <summary>The invoice's payment has arrived, and waits for its payee to decide.</summary>
    /// <exception cref="ScenarioException">It has not, or does not wait any more.</exception>
    public static Task ShouldHold(this ScenarioNode payee, ScenarioInvoice invoice) => Expect(payee, invoice, InvoiceState.Accepted);

    /// <summary>The payee has taken the invoice's payment: all that was asked for.</summary>
    /// <exception cref="ScenarioException">It has not.</exception>
    public static Task ShouldHaveSettled(this ScenarioNode payee, ScenarioInvoice invoice) => Expect(payee, invoice, InvoiceState.Settled);

    /// <summary>Nobody can pay the invoice any more, and nobody has.</summary>
    /// <exception cref="ScenarioException">It can be paid, or was.</exception>
    public static Task ShouldHaveCanceled(this ScenarioNode payee, ScenarioInvoice invoice) => Expect(payee, invoice, InvoiceState.Canceled);

    private static async Task Expect(ScenarioNode payee, ScenarioInvoice invoice, InvoiceState state)
    {
        ArgumentNullException.ThrowIfNull(payee);
        ArgumentNullException.ThrowIfNull(invoice);
        var info = await payee.Lookup(invoice).ConfigureAwait(false);
        if (info.State != state) throw payee.Network.Failure($"{payee.Name}'s invoice {invoice.PaymentHash} should be {state}; it is {info.State}.");
        if (state is InvoiceState.Accepted or InvoiceState.Settled && info.AmountPaid < invoice.Amount)
            throw payee.Network.Failure($"{payee.Name}'s invoice {invoice.PaymentHash} asks for {invoice.Amount}; {info.AmountPaid} were paid.");
    }
}
