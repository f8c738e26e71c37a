using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>What the wallet is to add coins to, so that it pays its fee.</summary>
/// <param name="Unsigned">
/// The claim without coins: version, lock time, inputs without witnesses, and the outputs that are fixed, perhaps none. Each keeps its index: an output
/// stands at that of the input which needs it there (BOLT 3). Coins go behind the inputs, change behind the outputs.
/// </param>
/// <param name="Spent">The outputs that its inputs spend, in their order.</param>
/// <param name="Weight">Weight of <paramref name="Unsigned"/> with the channel's witnesses at their longest, in weight units; coins and change come on top.</param>
/// <param name="ParentWeight">Weight of the unconfirmed parent that is paid for too, in weight units; 0 for none.</param>
/// <param name="ParentFee">What that parent pays itself, in satoshi.</param>
/// <param name="Feerate">What is to be paid in sat/kw, over the transaction and its parent together.</param>
/// <param name="MaxFee">The transaction's own fee is never more, in satoshi.</param>
/// <param name="MinFee">The transaction's own fee is never less, in satoshi: what it replaces, and its own relay (BIP 125, rules 3 and 4).</param>
/// <param name="Reuse">Coins of what it replaces: used first, and free for it although the wallet holds them locked or spent in the mempool.</param>
public sealed record CoinRequest(
    Transaction Unsigned,
    EquatableArray<TxOut> Spent,
    long Weight,
    long ParentWeight,
    Satoshi ParentFee,
    FeeratePerKw Feerate,
    Satoshi MaxFee,
    Satoshi MinFee,
    EquatableArray<ClaimCoin> Reuse);
