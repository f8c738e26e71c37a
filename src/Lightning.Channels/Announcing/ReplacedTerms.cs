namespace Lightning.Channels.Announcing;

/// <summary>Terms that were replaced a short time ago: payers may not have heard of it (BOLT 7).</summary>
/// <param name="Terms">The terms.</param>
/// <param name="Until">They are accepted before this time.</param>
public sealed record ReplacedTerms(ForwardingTerms Terms, DateTimeOffset Until);
