using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

/// <summary>An output.</summary>
/// <param name="Value">Amount in satoshi.</param>
/// <param name="ScriptPubKey">The locking script.</param>
public sealed record TxOut(Satoshi Value, Script ScriptPubKey);
