using System.Text;

namespace Lightning.Protocol.Messages;

/// <summary>A node's name: 32 bytes of UTF-8, padded with zeros (BOLT 7).</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct NodeAlias(Bytes32 Value)
{
    /// <summary>Pads a text.</summary>
    /// <exception cref="FormatException">More than 32 bytes of UTF-8.</exception>
    public static NodeAlias FromText(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        return Encoding.UTF8.TryGetBytes(text, bytes, out _)
            ? new NodeAlias(new Bytes32(bytes))
            : throw new FormatException($"Alias '{text}' is longer than 32 bytes of UTF-8.");
    }

    /// <summary>The name without padding; control characters and what is not UTF-8 come as U+FFFD. Escape it wherever it is rendered.</summary>
    public string Text => Sanitize(Value);

    /// <summary>The name.</summary>
    public override string ToString() => Text;

    private static string Sanitize(in Bytes32 value)
    {
        var text = Encoding.UTF8.GetString(value.Span.TrimEnd((byte)0)).ToCharArray();
        foreach (ref var c in text.AsSpan())
        {
            if (char.IsControl(c)) c = '\uFFFD';
        }

        return new string(text);
    }
}
