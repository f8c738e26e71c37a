namespace Lightning.Protocol.Messages;

/// <summary>Who held an HTLC how long, with proofs (option_attribution_data, BOLT 4): 20 hold times of 4 bytes, then 210 truncated HMACs of 4 bytes.</summary>
/// <param name="Value">920 bytes.</param>
public readonly record struct AttributionData(Bytes Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Length = (20 * 4) + (210 * 4);
}
