using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

/// <summary>An input.</summary>
/// <param name="PreviousOutput">What it spends.</param>
/// <param name="ScriptSig">The unlocking script; empty for native segwit.</param>
/// <param name="Sequence">nSequence (BIP 68, BIP 125).</param>
/// <param name="Witness">The witness stack; empty where there is none.</param>
public sealed record TxIn(OutPoint PreviousOutput, Script ScriptSig, uint Sequence, Witness Witness);
