namespace Lightning.Protocol.Messages;

/// <summary>Answers a ping (BOLT 1, type 19).</summary>
/// <param name="Ignored">Padding of the length that the ping asked for.</param>
public sealed record Pong(Bytes Ignored) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.Pong;
}
