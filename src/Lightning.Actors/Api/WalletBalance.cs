namespace Lightning.Actors.Api;

/// <summary>Balance of the on-chain wallet.</summary>
/// <param name="Confirmed">In confirmed outputs.</param>
/// <param name="Unconfirmed">In outputs that no block has yet.</param>
/// <param name="Locked">Promised to transactions under way; part of <paramref name="Confirmed"/>.</param>
/// <param name="ReservedForAnchors">Kept back for the fees of force closings; part of <paramref name="Confirmed"/>.</param>
/// <param name="ReserveMissing">What ought to be kept back for them besides, and is not there: until coins are added, deadlines on chain may be missed.</param>
public sealed record WalletBalance(Satoshi Confirmed, Satoshi Unconfirmed, Satoshi Locked = default, Satoshi ReservedForAnchors = default, Satoshi ReserveMissing = default)
{
    /// <summary>Confirmed and unconfirmed together.</summary>
    public Satoshi Total => Confirmed + Unconfirmed;
}
