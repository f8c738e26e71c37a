namespace Lightning.Protocol.Wire;

/// <summary>Bytes from a peer do not follow the specification. Nothing else is thrown for malformed input; the connection that sent it ends (BOLT 1).</summary>
public sealed class MessageDecodeException : Exception
{
    /// <summary>Names the field and what is wrong with it.</summary>
    public MessageDecodeException(string field, string problem)
        : base($"{field} {problem}") => Field = field;

    /// <summary>The field, as the specification names it.</summary>
    public string Field { get; }
}
