using System.Text;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>The sender saw something wrong that fails no channel (BOLT 1, type 1).</summary>
/// <param name="ChannelId">The channel, temporary or final; all zeros for the whole connection.</param>
/// <param name="Data">A text for diagnosis, of any bytes: see <see cref="Text"/>.</param>
public sealed record Warning(ChannelId ChannelId, Bytes Data) : ExtensibleMessage
{
    /// <summary>With an ASCII text, of which the first 1,024 characters count: what it quotes may be a peer's, and as long as it likes.</summary>
    public Warning(ChannelId channelId, string text)
        : this(channelId, ErrorText.Of(text))
    {
    }

    /// <inheritdoc/>
    public override ushort Type => MessageType.Warning;

    /// <summary>Whether it is about no channel in particular.</summary>
    public bool IsConnectionWide => ChannelId.Value.IsZero;

    /// <summary>The text, safe to print: hexadecimal unless all of it is printable ASCII.</summary>
    public string Text => Data.Span.ContainsAnyExceptInRange((byte)32, (byte)126) ? Data.ToString() : Encoding.ASCII.GetString(Data.Span);

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U16Prefixed(Data.Span, "data");
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static Warning Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var data = new Bytes(reader.TakeU16Prefixed("data"));
        var tlvs = reader.Tlvs("warning_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new Warning(channelId, data) { Extension = tlvs.Unknown };
    }
}
