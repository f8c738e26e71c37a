using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Keys;

namespace Lightning.Channels.Parameters;

/// <summary>What one node said of itself in open_channel or accept_channel (BOLT 2). Immutable for the life of the channel.</summary>
/// <param name="Basepoints">Its public keys.</param>
/// <param name="DustLimit">dust_limit_satoshis: below it this node's commitment has no output.</param>
/// <param name="MaxHtlcValueInFlight">max_htlc_value_in_flight_msat: the most that the other node may have in flight towards it.</param>
/// <param name="ChannelReserve">channel_reserve_satoshis: what the other node must keep.</param>
/// <param name="HtlcMinimum">htlc_minimum_msat: the least HTLC it accepts.</param>
/// <param name="ToSelfDelay">to_self_delay in blocks: how long the other node's own outputs are delayed.</param>
/// <param name="MaxAcceptedHtlcs">max_accepted_htlcs: how many HTLCs the other node may have pending towards it.</param>
/// <param name="UpfrontShutdownScript">The only script it will close to; null where it did not commit to one.</param>
public sealed record PartyParameters(
    ChannelBasepoints Basepoints,
    Satoshi DustLimit,
    MilliSatoshi MaxHtlcValueInFlight,
    Satoshi ChannelReserve,
    MilliSatoshi HtlcMinimum,
    ushort ToSelfDelay,
    ushort MaxAcceptedHtlcs,
    Script? UpfrontShutdownScript);
