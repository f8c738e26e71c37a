namespace Lightning.Bitcoin.Scripts;

/// <summary>A Bitcoin script as bytes. Compares by content.</summary>
/// <param name="Bytes">The serialized script, without a length prefix.</param>
public readonly record struct Script(Bytes Bytes)
{
    /// <summary>No operations.</summary>
    public static Script Empty => default;

    /// <summary>Hexadecimal.</summary>
    public override string ToString() => Bytes.ToString();
}
