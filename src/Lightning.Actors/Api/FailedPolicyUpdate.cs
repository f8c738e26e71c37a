namespace Lightning.Actors.Api;

/// <summary>A channel whose terms were not changed.</summary>
/// <param name="Funding">Its funding outpoint.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">Why, for people.</param>
public sealed record FailedPolicyUpdate(OutPoint Funding, PolicyUpdateFailure Reason, string Message);
