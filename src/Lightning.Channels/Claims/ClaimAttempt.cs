using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;

namespace Lightning.Channels.Claims;

/// <summary>
/// One transaction with which this node tries to take outputs, as it was published. Nothing of it is ever made again from a state: estimates of
/// another time would give another transaction.
/// </summary>
/// <param name="Number">1, 2, 3... for each channel, never used again.</param>
/// <param name="Transaction">Fully signed; it may have to wait for its locks.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Parent">The commitment that it pays for as its child; null where it stands alone.</param>
/// <param name="Fee">Its own fee in satoshi, a parent's not counted; zero where an earlier version did not keep it.</param>
/// <param name="Feerate">What it pays in sat/kw, together with its parent where there is one.</param>
/// <param name="Coins">The wallet's coins among its inputs.</param>
/// <param name="BlockHeight">Height at which it was made.</param>
/// <param name="Deadline">Height of the block that must hold it at the latest; null for none.</param>
public sealed record ClaimAttempt(
    ulong Number,
    Transaction Transaction,
    TransactionPurpose Purpose,
    TxId? Parent,
    Satoshi Fee,
    FeeratePerKw Feerate,
    EquatableArray<ClaimCoin> Coins,
    uint BlockHeight,
    uint? Deadline);
