using System.Collections.Immutable;
using Lightning.Actors.Payments;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Routing;

/// <summary>Asks this process's router for routes. Answered by <see cref="RoutesPlanned"/> or <see cref="NoRoutes"/>, or not at all: to be asked again.</summary>
/// <param name="Id">Comes back with the answer.</param>
/// <param name="Terms">The payment.</param>
/// <param name="Amount">What these routes are to deliver: the payment's amount less what is on its way.</param>
/// <param name="FeeLimit">What they may cost together.</param>
/// <param name="MaxParts">How many they may be.</param>
/// <param name="ExcludedChannels">Not to be used.</param>
/// <param name="ExcludedNodes">Not to be used.</param>
internal sealed record FindRoutes(
    ulong Id,
    PaymentTerms Terms,
    MilliSatoshi Amount,
    MilliSatoshi FeeLimit,
    int MaxParts,
    ImmutableHashSet<DirectedChannel> ExcludedChannels,
    ImmutableHashSet<NodeId> ExcludedNodes);

/// <summary>Routes that deliver what was asked for, with their onions.</summary>
/// <param name="Id">The question's.</param>
/// <param name="Parts">One for each route.</param>
internal sealed record RoutesPlanned(ulong Id, ImmutableArray<RoutedPart> Parts);

/// <summary>A route and its onion.</summary>
/// <param name="Part">The route.</param>
/// <param name="Onion">The onion, 1,366 bytes.</param>
internal sealed record RoutedPart(PlannedPart Part, Bytes Onion);

/// <summary>There are no routes within the limits.</summary>
/// <param name="Id">The question's.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">Why, for people.</param>
internal sealed record NoRoutes(ulong Id, RouteNotFoundReason Reason, string Message);
