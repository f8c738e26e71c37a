namespace Lightning.Actors.Api;

/// <summary>A channel to close.</summary>
/// <param name="Funding">Its funding outpoint.</param>
/// <param name="Force">Publish our commitment transaction rather than agree with the peer.</param>
public sealed record CloseChannelRequest(OutPoint Funding, bool Force = false)
{
    /// <summary>Feerate of a cooperative closing; null lets the node choose.</summary>
    public FeeratePerKw? Feerate { get; init; }

    /// <summary>Blocks within which the closing transaction should confirm, for a feerate that the node chooses; null for its default.</summary>
    public uint? ConfirmationTarget { get; init; }

    /// <summary>Where our part of a cooperative closing goes; null for the wallet.</summary>
    public string? DeliveryAddress { get; init; }
}
