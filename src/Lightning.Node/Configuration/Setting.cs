namespace Lightning.Node.Configuration;

/// <summary>A value that somebody has set, and where.</summary>
/// <param name="Value">As written.</param>
/// <param name="Source">How to name it in a message: <c>--alias</c>, <c>LN__ALIAS</c>, <c>alias in lightning.conf line 3</c>.</param>
public sealed record Setting(string Value, string Source);
