namespace Lightning.Routing.Paths;

/// <summary>There is no way within the limits.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">Why, for people.</param>
public sealed record RouteNotFound(RouteNotFoundReason Reason, string Message) : RouteResult;
