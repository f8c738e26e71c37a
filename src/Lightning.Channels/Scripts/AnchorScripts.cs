using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Scripts;

/// <summary>The scripts that option_anchors adds or changes beside the HTLCs (BOLT 3).</summary>
internal static class AnchorScripts
{
    /// <summary>to_local_anchor and to_remote_anchor: the node's own at once, anyone's after 16 blocks.</summary>
    public static Script Anchor(PubKey fundingPubKey)
    {
        var script = new ScriptWriter(stackalloc byte[ScriptWriter.MaxSize]);
        script.Push(fundingPubKey);
        script.Ops(Op.CheckSig, Op.IfDup, Op.NotIf, Op.Sixteen, Op.CheckSequenceVerify, Op.EndIf);
        return script.ToScript();
    }

    /// <summary>to_remote, locked for one block.</summary>
    public static Script ToRemote(PubKey remotePubKey)
    {
        var script = new ScriptWriter(stackalloc byte[ScriptWriter.MaxSize]);
        script.Push(remotePubKey);
        script.Ops(Op.CheckSigVerify, Op.One, Op.CheckSequenceVerify);
        return script.ToScript();
    }
}
