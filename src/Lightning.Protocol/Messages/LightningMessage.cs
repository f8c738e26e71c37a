using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>A message between two nodes (BOLT 1).</summary>
public abstract record LightningMessage
{
    /// <summary>Number of the message; odd numbers may be ignored by who does not know them.</summary>
    public abstract ushort Type { get; }

    /// <summary>Writes what follows the type.</summary>
    internal abstract void Write(ref WireWriter writer);
}
