using Lightning.Actors.Payments.Messages;
using Lightning.Channels.Parameters;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Payments;

/// <summary>What a payment is asked to do, or told of.</summary>
internal abstract record PaymentCommand
{
    private PaymentCommand()
    {
    }

    /// <summary>Pays.</summary>
    /// <param name="Terms">What.</param>
    public sealed record Start(PaymentTerms Terms) : PaymentCommand;

    /// <summary>The router has routes.</summary>
    /// <param name="Question">The question that it answers.</param>
    /// <param name="Parts">The parts.</param>
    public sealed record Routed(ulong Question, EquatableArray<PlannedPart> Parts) : PaymentCommand;

    /// <summary>The router has no routes.</summary>
    /// <param name="Question">The question that it answers.</param>
    /// <param name="Reason">Why.</param>
    public sealed record NotRouted(ulong Question, RouteNotFoundReason Reason) : PaymentCommand;

    /// <summary>A channel has something to say; perhaps not for the first time.</summary>
    /// <param name="News">What.</param>
    public sealed record Report(HtlcReport News) : PaymentCommand;

    /// <summary>Asks again for what was not answered: after a recovery and from time to time.</summary>
    public sealed record Repeat : PaymentCommand;
}

/// <summary>A part that the router proposes.</summary>
/// <param name="Channel">Our channel.</param>
/// <param name="Route">The way.</param>
/// <param name="SessionKey">The key that its onion is made with, never used before.</param>
internal sealed record PlannedPart(LocalChannelKey Channel, Route Route, Bytes32 SessionKey);
