using Lightning.Actors.Api;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Invoices;

/// <summary>What the shell does for an invoice once the events of the decision are durable.</summary>
internal abstract record InvoiceAction
{
    private InvoiceAction()
    {
    }

    /// <summary>Gives the preimage to the channel of a part.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Preimage">The preimage.</param>
    public sealed record Settle(PartKey Part, PaymentPreimage Preimage) : InvoiceAction;

    /// <summary>Sends a part back.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Failure">What its sender is told.</param>
    public sealed record Fail(PartKey Part, FailureMessage Failure) : InvoiceAction;

    /// <summary>Tells the sender of the command that it took effect.</summary>
    public sealed record Confirm : InvoiceAction;

    /// <summary>Tells the sender of the command that it has no effect.</summary>
    /// <param name="Kind">Why, for programs.</param>
    /// <param name="Message">Why, for people.</param>
    public sealed record Refuse(LightningErrorKind Kind, string Message) : InvoiceAction
    {
        /// <summary>With the words of an exception.</summary>
        public static Refuse With(LightningException error) => new(error.Kind, error.Message);
    }
}
