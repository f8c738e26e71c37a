using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>A message that this node does not know. The connection ignores odd types and ends at even ones (BOLT 1).</summary>
/// <param name="UnknownType">Number of the message.</param>
/// <param name="Payload">Everything after the number.</param>
public sealed record UnknownMessage(ushort UnknownType, Bytes Payload) : LightningMessage
{
    /// <inheritdoc/>
    public override ushort Type => UnknownType;

    /// <summary>Whether the connection must end because of it: even types must be understood.</summary>
    public bool MustBeUnderstood => UnknownType % 2 == 0;

    internal override void Write(ref WireWriter writer) => writer.Raw(Payload.Span);
}
