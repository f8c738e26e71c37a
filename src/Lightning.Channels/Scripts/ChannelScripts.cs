using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using static Lightning.Bitcoin.Scripts.OpCode;

namespace Lightning.Channels.Scripts;

/// <summary>The witness scripts of commitment transactions, HTLCs aside (BOLT 3 "Commitment Transaction Outputs").</summary>
public static class ChannelScripts
{
    /// <summary>to_local, and the output of HTLC transactions: revocationpubkey at once, local_delayedpubkey after the delay.</summary>
    /// <param name="revocation">revocationpubkey.</param>
    /// <param name="toSelfDelay">Blocks.</param>
    /// <param name="delayedPayment">local_delayedpubkey.</param>
    public static Script Delayed(PubKey revocation, ushort toSelfDelay, PubKey delayedPayment) =>
        new ScriptBuilder(80)
            .Op(OP_IF).Push(revocation)
            .Op(OP_ELSE).Number(toSelfDelay).Op(OP_CHECKSEQUENCEVERIFY, OP_DROP).Push(delayedPayment)
            .Op(OP_ENDIF, OP_CHECKSIG)
            .Build();

    /// <summary>to_remote with anchors: locked for one block. (Without anchors it is a P2WPKH.)</summary>
    public static Script ToRemote(PubKey remotePubKey) => new ScriptBuilder(40).Push(remotePubKey).Op(OP_CHECKSIGVERIFY, OP_1, OP_CHECKSEQUENCEVERIFY).Build();

    /// <summary>to_local_anchor and to_remote_anchor: the node's own at once, anyone's after 16 blocks.</summary>
    public static Script Anchor(PubKey fundingPubKey) =>
        new ScriptBuilder(40).Push(fundingPubKey).Op(OP_CHECKSIG, OP_IFDUP, OP_NOTIF, OP_16, OP_CHECKSEQUENCEVERIFY, OP_ENDIF).Build();
}
