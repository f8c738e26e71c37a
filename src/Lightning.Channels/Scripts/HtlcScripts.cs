using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Keys;
using static Lightning.Bitcoin.Scripts.OpCode;

namespace Lightning.Channels.Scripts;

/// <summary>The scripts of HTLC outputs (BOLT 3 "Offered HTLC Outputs", "Received HTLC Outputs").</summary>
internal static class HtlcScripts
{
    /// <summary>An HTLC that the owner of the commitment offered.</summary>
    /// <param name="keys">Of the commitment.</param>
    /// <param name="paymentHash">What unlocks it.</param>
    /// <param name="lockOneBlock">option_anchors: every path but the penalty waits one block.</param>
    public static Script Offered(CommitmentKeys keys, PaymentHash paymentHash, bool lockOneBlock) =>
        End(
            Start(keys)
                .Op(OP_NOTIF, OP_DROP, OP_2, OP_SWAP).Push(keys.OwnerHtlc).Op(OP_2, OP_CHECKMULTISIG)
                .Op(OP_ELSE, OP_HASH160).Push(Hashes.Ripemd160(paymentHash.Value.Span)).Op(OP_EQUALVERIFY, OP_CHECKSIG)
                .Op(OP_ENDIF),
            lockOneBlock);

    /// <summary>An HTLC that the owner of the commitment received.</summary>
    /// <param name="keys">Of the commitment.</param>
    /// <param name="paymentHash">What unlocks it.</param>
    /// <param name="cltvExpiry">Absolute block height from which the other node can take it.</param>
    /// <param name="lockOneBlock">option_anchors: every path but the penalty waits one block.</param>
    public static Script Received(CommitmentKeys keys, PaymentHash paymentHash, uint cltvExpiry, bool lockOneBlock) =>
        End(
            Start(keys)
                .Op(OP_IF, OP_HASH160).Push(Hashes.Ripemd160(paymentHash.Value.Span)).Op(OP_EQUALVERIFY)
                .Op(OP_2, OP_SWAP).Push(keys.OwnerHtlc).Op(OP_2, OP_CHECKMULTISIG)
                .Op(OP_ELSE, OP_DROP).Number(cltvExpiry).Op(OP_CHECKLOCKTIMEVERIFY, OP_DROP, OP_CHECKSIG)
                .Op(OP_ENDIF),
            lockOneBlock);

    private static ScriptBuilder Start(CommitmentKeys keys) =>
        new ScriptBuilder()
            .Op(OP_DUP, OP_HASH160).Push(keys.RevocationHash).Op(OP_EQUAL)
            .Op(OP_IF, OP_CHECKSIG)
            .Op(OP_ELSE).Push(keys.OtherHtlc).Op(OP_SWAP, OP_SIZE).Number(32).Op(OP_EQUAL);

    private static Script End(ScriptBuilder script, bool lockOneBlock)
    {
        if (lockOneBlock) script.Op(OP_1, OP_CHECKSEQUENCEVERIFY, OP_DROP);
        return script.Op(OP_ENDIF).Build();
    }
}
