using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Begins the mutual close: no new HTLCs from the sender (BOLT 2, type 38).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="ScriptPubKey">Where the sender wants its money.</param>
public sealed record Shutdown(ChannelId ChannelId, Script ScriptPubKey) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.Shutdown;

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U16Prefixed(ScriptPubKey.Bytes.Span, "scriptpubkey");
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static Shutdown Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var script = new Script(new Bytes(reader.TakeU16Prefixed("scriptpubkey")));
        var tlvs = reader.Tlvs("shutdown_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new Shutdown(channelId, script) { Extension = tlvs.Unknown };
    }
}
