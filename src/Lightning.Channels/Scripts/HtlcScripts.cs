using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Keys;

namespace Lightning.Channels.Scripts;

/// <summary>The scripts of HTLC outputs (BOLT 3 "Offered HTLC Outputs", "Received HTLC Outputs").</summary>
internal static class HtlcScripts
{
    /// <param name="keys">Of the commitment.</param>
    /// <param name="paymentHash">What unlocks it.</param>
    /// <param name="lockOneBlock">option_anchors: every path but the penalty waits one block.</param>
    public static Script Offered(CommitmentKeys keys, PaymentHash paymentHash, bool lockOneBlock)
    {
        var script = new ScriptWriter(stackalloc byte[ScriptWriter.MaxSize]);
        Start(ref script, keys);
        script.Ops(Op.NotIf, Op.Drop, Op.Two, Op.Swap);
        script.Push(keys.OwnerHtlc);
        script.Ops(Op.Two, Op.CheckMultiSig, Op.Else, Op.Hash160);
        script.Push(Hashes.Ripemd160(paymentHash.Value.Span));
        script.Ops(Op.EqualVerify, Op.CheckSig, Op.EndIf);
        return End(ref script, lockOneBlock);
    }

    /// <param name="keys">Of the commitment.</param>
    /// <param name="paymentHash">What unlocks it.</param>
    /// <param name="cltvExpiry">Absolute block height from which the other node can take it.</param>
    /// <param name="lockOneBlock">option_anchors: every path but the penalty waits one block.</param>
    public static Script Received(CommitmentKeys keys, PaymentHash paymentHash, uint cltvExpiry, bool lockOneBlock)
    {
        var script = new ScriptWriter(stackalloc byte[ScriptWriter.MaxSize]);
        Start(ref script, keys);
        script.Ops(Op.If, Op.Hash160);
        script.Push(Hashes.Ripemd160(paymentHash.Value.Span));
        script.Ops(Op.EqualVerify, Op.Two, Op.Swap);
        script.Push(keys.OwnerHtlc);
        script.Ops(Op.Two, Op.CheckMultiSig, Op.Else, Op.Drop);
        script.Push(cltvExpiry);
        script.Ops(Op.CheckLockTimeVerify, Op.Drop, Op.CheckSig, Op.EndIf);
        return End(ref script, lockOneBlock);
    }

    private static void Start(ref ScriptWriter script, CommitmentKeys keys)
    {
        script.Ops(Op.Dup, Op.Hash160);
        script.Push(keys.RevocationHash);
        script.Ops(Op.Equal, Op.If, Op.CheckSig, Op.Else);
        script.Push(keys.OtherHtlc);
        script.Ops(Op.Swap, Op.Size, Op.Push1, 32, Op.Equal);
    }

    private static Script End(ref ScriptWriter script, bool lockOneBlock)
    {
        if (lockOneBlock) script.Ops(Op.One, Op.CheckSequenceVerify, Op.Drop);
        script.Ops(Op.EndIf);
        return script.ToScript();
    }
}
