using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

/// <summary>An output.</summary>
/// <param name="Value">Amount in satoshi.</param>
/// <param name="ScriptPubKey">The locking script.</param>
public sealed record TxOut(Satoshi Value, Script ScriptPubKey)
{
    /// <summary>Serialized size in bytes.</summary>
    public int Size => 8 + VarInt.SizeOf((ulong)ScriptPubKey.Length) + ScriptPubKey.Length;
}
