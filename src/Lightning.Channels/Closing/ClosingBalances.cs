using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Closing;

/// <summary>What a mutual close divides, once no HTLC is left.</summary>
/// <param name="Local">Our balance; millisatoshi.</param>
/// <param name="LocalScript">Where it goes: the scriptpubkey we sent.</param>
/// <param name="Remote">The peer's balance; millisatoshi.</param>
/// <param name="RemoteScript">Where it goes: the scriptpubkey the peer sent.</param>
public sealed record ClosingBalances(MilliSatoshi Local, Script LocalScript, MilliSatoshi Remote, Script RemoteScript);
