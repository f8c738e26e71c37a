using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Wallet;

/// <summary>An unspent output of the wallet.</summary>
/// <param name="OutPoint">Where it stands.</param>
/// <param name="Output">Amount in satoshi and script.</param>
/// <param name="Confirmations">0 in the mempool, 1 in the tip.</param>
public sealed record Coin(OutPoint OutPoint, TxOut Output, uint Confirmations)
{
    /// <summary>Whether it is native segwit (P2WPKH or P2TR): only such coins fund channels, because their spending transaction's id cannot be changed by a third party.</summary>
    public bool IsNativeSegwit => Output.ScriptPubKey.Bytes is { Length: 22 } or { Length: 34 } && Output.ScriptPubKey.Bytes[0] is 0 or 0x51;

    /// <summary>Weight units that an input spending it adds, with its witness: 272 for P2WPKH, 230 for P2TR.</summary>
    public int InputWeight => Output.ScriptPubKey.Bytes.Length == 34 ? 230 : 272;
}
