namespace Lightning.Node.Macaroons;

/// <summary>A macaroon that does not open the call, in words that clients know.</summary>
public sealed class MacaroonException(string message) : Exception(message);
