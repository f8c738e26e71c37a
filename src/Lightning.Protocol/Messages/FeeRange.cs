namespace Lightning.Protocol.Messages;

/// <summary>Which closing fees the sender of a closing_signed would accept (BOLT 2).</summary>
/// <param name="Minimum">The least.</param>
/// <param name="Maximum">The most.</param>
public readonly record struct FeeRange(Satoshi Minimum, Satoshi Maximum);
