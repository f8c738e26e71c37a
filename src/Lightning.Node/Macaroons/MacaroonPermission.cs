namespace Lightning.Node.Macaroons;

/// <summary>What a call does, and to what: an entity (<c>invoices</c>) and an action (<c>read</c>, <c>write</c>, <c>generate</c>).</summary>
/// <param name="Entity">What.</param>
/// <param name="Action">Does.</param>
public readonly record struct MacaroonPermission(string Entity, string Action);
