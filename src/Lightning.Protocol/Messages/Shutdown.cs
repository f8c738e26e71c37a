using Lightning.Bitcoin.Scripts;

namespace Lightning.Protocol.Messages;

/// <summary>Begins the mutual close: no new HTLCs from the sender (BOLT 2, type 38).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="ScriptPubKey">Where the sender wants its money.</param>
public sealed record Shutdown(ChannelId ChannelId, Script ScriptPubKey) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.Shutdown;
}
