using Lightning.Channels.Parameters;

namespace Lightning.Channels.Events;

/// <summary>For whom an HTLC was added.</summary>
/// <param name="Origin">The origin.</param>
/// <param name="RefuseFrom">Height from which a repetition of the add would be refused anyway, so that the origin may be forgotten.</param>
public readonly record struct AddOrigin(HtlcOrigin Origin, uint RefuseFrom);
