using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Actors.Routing;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Payments;

/// <summary>What the shell does for a payment once the events of the decision are durable.</summary>
internal abstract record PaymentAction
{
    private PaymentAction()
    {
    }

    /// <summary>Asks the router.</summary>
    /// <param name="Question">What.</param>
    public sealed record AskRouter(FindRoutes Question) : PaymentAction;

    /// <summary>Asks a channel to offer a part's HTLC.</summary>
    /// <param name="Part">The part.</param>
    public sealed record Send(PaymentPart Part) : PaymentAction;

    /// <summary>Tells a channel that a part's result is durable here.</summary>
    /// <param name="Channel">The channel.</param>
    /// <param name="Origin">The part.</param>
    /// <param name="What">Which result that is.</param>
    public sealed record Acknowledge(LocalChannelKey Channel, HtlcOrigin.Local Origin, Acknowledgement What) : PaymentAction;

    /// <summary>Tells the sender of the command, and whoever watches, how the payment stands.</summary>
    public sealed record Tell : PaymentAction;

    /// <summary>Tells the sender of the command that it has no effect.</summary>
    /// <param name="Kind">Why, for programs.</param>
    /// <param name="Message">Why, for people.</param>
    public sealed record Refuse(LightningErrorKind Kind, string Message) : PaymentAction;
}

/// <summary>What was decided. The actions wait until the events are durable.</summary>
/// <param name="State">The state with what is only in memory changed; the events are still to be applied to it.</param>
/// <param name="Events">To be written as one.</param>
/// <param name="Actions">In order.</param>
internal sealed record PaymentDecision(PaymentState State, ImmutableArray<PaymentEvent> Events, ImmutableArray<PaymentAction> Actions);

/// <summary>Everything that a decision may know besides the state and the command.</summary>
/// <param name="Now">The time.</param>
/// <param name="Height">Height of the best block.</param>
internal sealed record PaymentEnvironment(DateTimeOffset Now, uint Height);
