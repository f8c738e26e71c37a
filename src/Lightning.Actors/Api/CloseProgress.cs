namespace Lightning.Actors.Api;

/// <summary>A step of a closing.</summary>
/// <param name="ClosingTxId">The transaction that spends the funding output.</param>
/// <param name="IsConfirmed">False when published, true when confirmed.</param>
public sealed record CloseProgress(TxId ClosingTxId, bool IsConfirmed);
