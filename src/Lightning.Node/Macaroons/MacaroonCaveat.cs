namespace Lightning.Node.Macaroons;

/// <summary>One condition of a <see cref="Macaroon"/>.</summary>
/// <param name="Condition">The condition, as in <c>time-before 2030-01-01T00:00:00Z</c>.</param>
/// <param name="VerificationId">Not empty where a third party must discharge it.</param>
public readonly record struct MacaroonCaveat(Bytes Condition, Bytes VerificationId);
