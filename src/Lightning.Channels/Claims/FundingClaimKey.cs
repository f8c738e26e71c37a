namespace Lightning.Channels.Claims;

/// <summary>Our funding key: our anchor.</summary>
/// <param name="keyIndex">Which one.</param>
public sealed class FundingClaimKey(uint keyIndex) : ClaimKey
{
    /// <summary>Which one.</summary>
    public uint KeyIndex { get; } = keyIndex;
}
