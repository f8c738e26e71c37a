namespace Lightning.Actors.Api;

/// <summary>A page of forwards, in the order in which they were settled.</summary>
/// <param name="Forwards">The forwards.</param>
/// <param name="LastOffset">Where the next page begins: to be asked for as <see cref="ListForwardsQuery.Offset"/> with the same times.</param>
public sealed record ForwardPage(IReadOnlyList<Forward> Forwards, ulong LastOffset);
