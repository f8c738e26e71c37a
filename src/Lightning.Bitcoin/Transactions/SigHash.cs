using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

/// <summary>The hash that a signature signs: legacy, segwit v0 (BIP 143) and taproot (BIP 341).</summary>
public static class SigHash
{
    /// <summary>BIP 143.</summary>
    /// <param name="transaction">The spending transaction; witnesses do not matter.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="scriptCode">The witness script (P2WSH), or the P2PKH form of the key (P2WPKH).</param>
    /// <param name="amount">What the spent output holds.</param>
    /// <param name="type">What is covered.</param>
    public static Bytes32 SegwitV0(Transaction transaction, int input, Script scriptCode, Satoshi amount, SigHashType type = SigHashType.All) =>
        throw new NotImplementedException();
}
