using System.Collections.Immutable;

namespace Lightning.Actors.Invoices;

/// <summary>What was decided. The actions wait until the events are durable.</summary>
/// <param name="State">The state with what is only in memory changed; the events are still to be applied to it.</param>
/// <param name="Events">To be written as one.</param>
/// <param name="Actions">In order.</param>
internal sealed record InvoiceDecision(InvoiceState State, ImmutableArray<InvoiceEvent> Events, ImmutableArray<InvoiceAction> Actions);

/// <summary>Everything that a decision may know besides the state and the command.</summary>
/// <param name="Now">The time of day.</param>
/// <param name="Elapsed">Since some moment, by a clock that nobody sets.</param>
/// <param name="Height">Height of the best block.</param>
/// <param name="MultiPartTimeout">How long the parts of a payment are waited for.</param>
/// <param name="SafetyMargin">Blocks before the earliest expiry of a set at which it is sent back unless it is settled.</param>
internal sealed record InvoiceEnvironment(DateTimeOffset Now, TimeSpan Elapsed, uint Height, TimeSpan MultiPartTimeout, uint SafetyMargin);
