namespace Lightning.Channels.Events;

/// <summary>The funding output; its script follows from both funding keys.</summary>
/// <param name="OutPoint">Where it is.</param>
/// <param name="Amount">funding_satoshis.</param>
public sealed record FundingOutput(OutPoint OutPoint, Satoshi Amount);
