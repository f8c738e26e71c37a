namespace Lightning.Protocol.Invoices;

/// <summary>A way to the payee from a public node.</summary>
/// <param name="Hops">At least one; the last channel ends at the payee.</param>
public sealed record RouteHint(EquatableArray<RouteHintHop> Hops);
