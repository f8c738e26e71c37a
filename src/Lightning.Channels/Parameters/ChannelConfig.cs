using Lightning.Channels.Announcing;

namespace Lightning.Channels.Parameters;

/// <summary>What this node offers, accepts and risks in its channels.</summary>
public sealed record ChannelConfig
{
    /// <summary>The chain.</summary>
    public required Network Network { get; init; }

    /// <summary>dust_limit_satoshis that this node asks for. 354 sat is the least that BOLT 2 allows.</summary>
    public Satoshi DustLimit { get; init; } = new(354);

    /// <summary>The largest dust limit accepted from a peer: HTLCs below it are lost to miners when the peer closes.</summary>
    public Satoshi MaxDustLimit { get; init; } = new(5_000);

    /// <summary>The least channel accepted.</summary>
    public Satoshi MinFundingAmount { get; init; } = new(20_000);

    /// <summary>The largest channel opened or accepted.</summary>
    public Satoshi MaxFundingAmount { get; init; } = new(10_000_000_000);

    /// <summary>max_htlc_value_in_flight_msat, in percent of the channel.</summary>
    public int MaxInFlightPercent { get; init; } = 100;

    /// <summary>channel_reserve_satoshis asked of the peer, in thousandths of the channel; never below either dust limit.</summary>
    public int ReservePerMille { get; init; } = 10;

    /// <summary>The largest reserve that a peer may ask, in thousandths of the channel.</summary>
    public int MaxReservePerMille { get; init; } = 50;

    /// <summary>htlc_minimum_msat.</summary>
    public MilliSatoshi HtlcMinimum { get; init; } = new(1);

    /// <summary>The largest htlc_minimum_msat accepted from a peer.</summary>
    public MilliSatoshi MaxHtlcMinimum { get; init; } = new(100_000_000);

    /// <summary>to_self_delay asked of the peer, in blocks.</summary>
    public ushort ToSelfDelay { get; init; } = 720;

    /// <summary>The longest to_self_delay accepted, in blocks.</summary>
    public ushort MaxToSelfDelay { get; init; } = 2016;

    /// <summary>max_accepted_htlcs: as many as BOLT 2 allows, 483; fewer make a forced close cheaper and limit what is under way at once.</summary>
    public ushort MaxAcceptedHtlcs { get; init; } = 483;

    /// <summary>minimum_depth asked of an opener, in blocks.</summary>
    public uint MinimumDepth { get; init; } = 3;

    /// <summary>The largest minimum_depth accepted, in blocks.</summary>
    public uint MaxMinimumDepth { get; init; } = 144;

    /// <summary>The most that may be lost to dust in one channel: max_dust_htlc_exposure_msat (BOLT 2).</summary>
    public MilliSatoshi MaxDustExposure { get; init; } = new(25_000_000);

    /// <summary>How far below the estimate a peer's commitment feerate may be, in percent of the estimate, on channels that cannot bump their fee.</summary>
    public int MinFeeratePercent { get; init; } = 20;

    /// <summary>How far above the estimate a peer's commitment feerate may be, in percent of the estimate.</summary>
    public int MaxFeeratePercent { get; init; } = 1_000;

    /// <summary>Peer feerates up to this are accepted whatever the estimate says.</summary>
    public FeeratePerKw AlwaysAcceptedFeerate { get; init; } = new(25_000);

    /// <summary>The most this node pays for an anchor commitment; the rest is the child's.</summary>
    public FeeratePerKw MaxAnchorFeerate { get; init; } = new(2_500);

    /// <summary>How many blocks after an offered HTLC's expiry the channel is closed (BOLT 2 "cltv_expiry_delta Selection", G).</summary>
    public uint OfferedHtlcGrace { get; init; } = 2;

    /// <summary>How many blocks before a fulfilled HTLC's expiry the channel is closed (2R+G+S).</summary>
    public uint FulfillDeadline { get; init; } = 18;

    /// <summary>After a restart a channel whose offered HTLC has expired waits for its peer until so many blocks after that: it may have settled long since.</summary>
    public uint ColdStartGrace { get; init; } = 8;

    /// <summary>After a restart a channel waits for its peer until so many blocks before an incoming HTLC expires, a fulfilled one or one that was relayed, and no longer.</summary>
    public uint ColdStartMargin { get; init; } = 9;

    /// <summary>An offered HTLC expires no later than so many blocks from now.</summary>
    public uint MaxCltvDelta { get; init; } = 2016;

    /// <summary>Depth at which a spend is taken as final, in blocks.</summary>
    public uint ClosingDepth { get; init; } = 6;

    /// <summary>After so many blocks without its funding transaction the accepter forgets a channel (BOLT 2).</summary>
    public uint FundingTimeout { get; init; } = 2016;

    /// <summary>After so many blocks without an agreement on the fee of the closing transaction the channel is failed (BOLT 2 "Legacy Closing Negotiation").</summary>
    public uint ClosingTimeout { get; init; } = 144;

    /// <summary>For so many blocks after its end a channel is watched, and opened again if a reorganisation undoes its end.</summary>
    public uint WatchAfterClosed { get; init; } = 144;

    /// <summary>What has no deadline is to be confirmed within so many blocks.</summary>
    public uint SweepTarget { get; init; } = 144;

    /// <summary>From so many blocks before its deadline on, what the peer can take too is claimed in a transaction of its own (BOLT 5, security_delay).</summary>
    public uint SplitMargin { get; init; } = 18;

    /// <summary>So many blocks before the incoming HTLC's expiry the outgoing one, expired and still on chain, is failed upstream: later the incoming channel would be lost.</summary>
    public uint EarlyFailMargin { get; init; } = 3;

    /// <summary>What forwards cost over a channel that has no terms of its own.</summary>
    public ForwardingTerms Forwarding { get; init; } = new() { FeeBase = new(1_000), FeeProportionalMillionths = 1, CltvExpiryDelta = 80 };

    /// <summary>What claims may pay in fees.</summary>
    public ClaimBudget ClaimBudget { get; init; } = new();
}
