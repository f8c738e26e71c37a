using Lightning.Bitcoin.Scripts;

namespace Lightning.Chain.Wallet;

/// <summary>An address of the wallet.</summary>
/// <param name="Address">As people and other wallets write it.</param>
/// <param name="ScriptPubKey">The same as a script.</param>
public sealed record WalletAddress(string Address, Script ScriptPubKey);
