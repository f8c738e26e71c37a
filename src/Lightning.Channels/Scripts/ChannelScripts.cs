using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Scripts;

/// <summary>The scripts of BOLT 3 that are the same in every commitment format, and the output scripts around them.</summary>
public static class ChannelScripts
{
    /// <summary>2 &lt;pubkey1&gt; &lt;pubkey2&gt; 2 OP_CHECKMULTISIG; the order of the arguments does not matter.</summary>
    public static Script Funding(PubKey first, PubKey second)
    {
        var inOrder = first.CompareTo(second) < 0;
        var script = new ScriptWriter(stackalloc byte[ScriptWriter.MaxSize]);
        script.Ops(Op.Two);
        script.Push(inOrder ? first : second);
        script.Push(inOrder ? second : first);
        script.Ops(Op.Two, Op.CheckMultiSig);
        return script.ToScript();
    }

    /// <summary>to_local, and the output of HTLC transactions: revocationpubkey at once, local_delayedpubkey after the delay.</summary>
    /// <param name="revocation">revocationpubkey.</param>
    /// <param name="toSelfDelay">Blocks.</param>
    /// <param name="delayedPayment">local_delayedpubkey.</param>
    public static Script Delayed(PubKey revocation, ushort toSelfDelay, PubKey delayedPayment)
    {
        var script = new ScriptWriter(stackalloc byte[ScriptWriter.MaxSize]);
        script.Ops(Op.If);
        script.Push(revocation);
        script.Ops(Op.Else);
        script.Push(toSelfDelay);
        script.Ops(Op.CheckSequenceVerify, Op.Drop);
        script.Push(delayedPayment);
        script.Ops(Op.EndIf, Op.CheckSig);
        return script.ToScript();
    }

    /// <summary>OP_0 &lt;SHA256(script)&gt;.</summary>
    public static Script PayToWitnessScriptHash(Script witnessScript)
    {
        var script = new byte[34];
        script[1] = 32;
        SHA256.HashData(witnessScript.Bytes.Span, script.AsSpan(2));
        return new Script(Bytes.Wrap(script));
    }

    /// <summary>OP_0 &lt;HASH160(key)&gt;.</summary>
    public static Script PayToWitnessPubKeyHash(PubKey key)
    {
        var script = new byte[22];
        script[1] = 20;
        Hashes.Hash160(key.Span).CopyTo(script.AsSpan(2));
        return new Script(Bytes.Wrap(script));
    }

    /// <summary>The script code that signs a P2WPKH input (BIP 143): the P2PKH script of the key.</summary>
    public static Script WitnessPubKeyHashCode(PubKey key)
    {
        var script = new ScriptWriter(stackalloc byte[ScriptWriter.MaxSize]);
        script.Ops(Op.Dup, Op.Hash160);
        script.Push(Hashes.Hash160(key.Span));
        script.Ops(Op.EqualVerify, Op.CheckSig);
        return script.ToScript();
    }
}
