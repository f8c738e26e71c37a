using System.Globalization;

namespace Lightning.Actors.Api;

/// <summary>A node and where it listens.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">TCP port.</param>
public sealed record PeerAddress(NodeId NodeId, string Host, int Port)
{
    /// <summary>The port of BOLT 1, taken where none is given.</summary>
    public const int DefaultPort = 9735;

    /// <summary>Parses <c>nodeid@host:port</c>; the port may be left out, an IPv6 address stands in brackets.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static PeerAddress Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0) throw new FormatException($"'{text}' is not a node address: expected NODEID@HOST[:PORT].");
        var (host, port) = ParseHost(text[(at + 1)..]);
        try
        {
            return new PeerAddress(NodeId.FromHex(text[..at]), host, port);
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{text[..at]}' is not a node id: {e.Message}", e);
        }
    }

    /// <summary>Parses <c>host:port</c>; the port may be left out, an IPv6 address stands in brackets.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static (string Host, int Port) ParseHost(string text)
    {
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var hasPort = colon > bracket;
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        if (host.Length == 0 || (bracket < 0 && host.Contains(':', StringComparison.Ordinal)))
            throw new FormatException($"'{text}' is not an address: expected HOST[:PORT], an IPv6 address in brackets.");
        if (!hasPort) return (host, DefaultPort);
        return ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? (host, port)
            : throw new FormatException($"'{text[(colon + 1)..]}' is not a TCP port.");
    }

    /// <summary><c>host:port</c>; an IPv6 address in brackets.</summary>
    public string Location => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary><c>nodeid@host:port</c>.</summary>
    public override string ToString() => $"{NodeId}@{Location}";
}
