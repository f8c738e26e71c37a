using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.States;

/// <summary>A closing_complete of this node that awaits its closing_sig.</summary>
/// <param name="LocalScript">closer_scriptpubkey.</param>
/// <param name="RemoteScript">closee_scriptpubkey.</param>
/// <param name="Fee">fee_satoshis.</param>
/// <param name="LockTime">nLockTime.</param>
public sealed record ClosingOffer(Script LocalScript, Script RemoteScript, Satoshi Fee, uint LockTime);
