using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>A message that ends with a TLV stream (BOLT 1).</summary>
public abstract record ExtensibleMessage : LightningMessage
{
    /// <summary>Odd records that this node does not know, kept so that the message encodes again to the same bytes.</summary>
    public TlvStream Extension { get; init; }
}
