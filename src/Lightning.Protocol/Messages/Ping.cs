using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Asks for a pong, and hides traffic patterns (BOLT 1, type 18).</summary>
/// <param name="PongLength">Bytes wanted in the pong; from 65,532 no pong is to be sent.</param>
/// <param name="Ignored">Padding.</param>
public sealed record Ping(ushort PongLength, Bytes Ignored) : ExtensibleMessage
{
    /// <summary>From this length on a ping must not be answered.</summary>
    public const ushort NoPong = 65532;

    /// <inheritdoc/>
    public override ushort Type => MessageType.Ping;

    internal override void Write(ref WireWriter writer)
    {
        writer.U16(PongLength);
        writer.U16Prefixed(Ignored.Span, "ignored");
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static Ping Read(ref WireReader reader)
    {
        var pongLength = reader.U16("num_pong_bytes");
        var ignored = new Bytes(reader.TakeU16Prefixed("ignored"));
        var tlvs = reader.Tlvs("ping_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new Ping(pongLength, ignored) { Extension = tlvs.Unknown };
    }
}
