using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Answers a ping (BOLT 1, type 19).</summary>
/// <param name="Ignored">Padding of the length that the ping asked for.</param>
public sealed record Pong(Bytes Ignored) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.Pong;

    internal override void Write(ref WireWriter writer)
    {
        writer.U16Prefixed(Ignored.Span, "ignored");
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static Pong Read(ref WireReader reader)
    {
        var ignored = new Bytes(reader.TakeU16Prefixed("ignored"));
        var tlvs = reader.Tlvs("pong_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new Pong(ignored) { Extension = tlvs.Unknown };
    }
}
