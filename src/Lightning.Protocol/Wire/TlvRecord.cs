namespace Lightning.Protocol.Wire;

/// <summary>One record of a TLV stream (BOLT 1).</summary>
/// <param name="Type">The type; even types must be understood, odd ones may be ignored.</param>
/// <param name="Value">The value, without type and length.</param>
public readonly record struct TlvRecord(ulong Type, Bytes Value);
