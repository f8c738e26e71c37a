using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Where a node accepts connections (BOLT 7, address descriptor).</summary>
/// <param name="Type">Kind of address.</param>
/// <param name="Host">The address's bytes, without type, length and port.</param>
/// <param name="Port">TCP port; 0 means that it is to be ignored.</param>
public readonly record struct NodeAddress(NodeAddressType Type, Bytes Host, ushort Port)
{
    /// <summary>Length of the descriptor in bytes.</summary>
    internal int EncodedLength => 1 + (Type == NodeAddressType.DnsHostname ? 1 : 0) + Host.Length + 2;

    /// <summary>From an IP address and a port.</summary>
    public static NodeAddress FromEndPoint(IPEndPoint endPoint) => new(
        endPoint.AddressFamily == AddressFamily.InterNetwork ? NodeAddressType.IPv4 : NodeAddressType.IPv6,
        Bytes.Wrap(endPoint.Address.GetAddressBytes()),
        (ushort)endPoint.Port);

    /// <summary>From a host name.</summary>
    /// <exception cref="FormatException">Not ASCII, empty, or longer than 255 bytes.</exception>
    public static NodeAddress FromHostname(string hostname, ushort port) => Ascii.IsValid(hostname) && hostname.Length is > 0 and <= 255
        ? new(NodeAddressType.DnsHostname, Bytes.Wrap(Encoding.ASCII.GetBytes(hostname)), port)
        : throw new FormatException($"'{hostname}' is no host name: 1 to 255 ASCII characters are expected.");

    /// <summary>Reads one descriptor, as init.remote_addr holds it.</summary>
    /// <returns>Null where the kind of address is unknown, or bytes are missing or left.</returns>
    public static NodeAddress? FromDescriptor(ReadOnlySpan<byte> descriptor)
    {
        try
        {
            var reader = new WireReader(descriptor);
            return TryRead(ref reader, out var address) && reader.IsAtEnd ? address : null;
        }
        catch (MessageDecodeException)
        {
            return null;
        }
    }

    /// <summary>The descriptor's bytes, as init.remote_addr holds them.</summary>
    public Bytes ToDescriptor()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(EncodedLength);
        var writer = new WireWriter(output);
        Write(ref writer);
        writer.Complete();
        return new Bytes(output.WrittenSpan);
    }

    /// <summary>The address to connect to, where it is an IP address with a port.</summary>
    public IPEndPoint? ToEndPoint() => Type is NodeAddressType.IPv4 or NodeAddressType.IPv6 && Port != 0 ? new IPEndPoint(new IPAddress(Host.Span), Port) : null;

    /// <summary>Host and port as they are written for people; characters of a host name that are not plain are shown as question marks.</summary>
    public override string ToString()
    {
        var host = Type switch
        {
            NodeAddressType.IPv4 => new IPAddress(Host.Span).ToString(),
            NodeAddressType.IPv6 => $"[{new IPAddress(Host.Span)}]",
            NodeAddressType.TorV2 or NodeAddressType.TorV3 => Base32(Host.Span) + ".onion",
            NodeAddressType.DnsHostname => string.Create(Host.Length, Host, static (text, host) =>
            {
                for (var i = 0; i < text.Length; i++) text[i] = char.IsAsciiLetterOrDigit((char)host[i]) || host[i] is (byte)'.' or (byte)'-' ? (char)host[i] : '?';
            }),
            _ => "none",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
    }

    internal void Write(ref WireWriter writer)
    {
        writer.U8((byte)Type);
        if (Type == NodeAddressType.DnsHostname)
        {
            if (Host.Length > 255) throw new InvalidOperationException($"hostname has {Host.Length} bytes, more than 255.");
            writer.U8((byte)Host.Length);
            writer.Raw(Host.Span);
        }
        else
        {
            writer.Fixed(Host.Span, HostLength(Type), "address");
        }

        writer.U16(Port);
    }

    /// <summary>Reads the next descriptor.</summary>
    /// <returns>False at the end or before a descriptor of unknown type, which is not consumed.</returns>
    internal static bool TryRead(ref WireReader reader, out NodeAddress address)
    {
        address = default;
        var next = reader;
        if (next.IsAtEnd) return false;
        var type = (NodeAddressType)next.U8("address");
        if (type is < NodeAddressType.IPv4 or > NodeAddressType.DnsHostname) return false;
        var host = next.Take(type == NodeAddressType.DnsHostname ? next.U8("address") : HostLength(type), "address");
        address = new NodeAddress(type, new Bytes(host), next.U16("address"));
        reader = next;
        return true;
    }

    private static int HostLength(NodeAddressType type) => type switch
    {
        NodeAddressType.IPv4 => 4,
        NodeAddressType.IPv6 => 16,
        NodeAddressType.TorV2 => 10,
        NodeAddressType.TorV3 => 35,
        _ => throw new InvalidOperationException($"An address of type {type} cannot be encoded."),
    };

    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 / 5) + 1);
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            buffer = ((buffer << 8) | b) & 0xFFFF;
            for (bits += 8; bits >= 5; bits -= 5) text.Append("abcdefghijklmnopqrstuvwxyz234567"[(buffer >> (bits - 5)) & 31]);
        }

        return text.ToString();
    }
}
