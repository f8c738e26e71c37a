namespace Lightning.Actors.Hosting;

/// <summary>A node's terms towards its peers and its limits against hostile ones.</summary>
public sealed record NodePolicy
{
    /// <summary>Fixed fee for a forwarded payment.</summary>
    public MilliSatoshi FeeBase { get; init; } = new(1_000);

    /// <summary>Fee for a forwarded payment in millionths of its amount.</summary>
    public uint FeeProportionalMillionths { get; init; } = 1;

    /// <summary>Blocks between a forwarded payment's incoming and outgoing expiry.</summary>
    public ushort CltvExpiryDelta { get; init; } = 80;

    /// <summary>
    /// How much of a channel's slots for HTLCs, and of the value that may be in flight over it, the HTLCs of one peer may hold, in percent: nobody can fill a channel alone with HTLCs that he lets hang (jamming).
    /// A single HTLC may take all.
    /// </summary>
    public int MaxSlotShare { get; init; } = 80;

    /// <summary>Whether payments are taken that nobody asked for (keysend): each becomes an invoice that is settled.</summary>
    public bool AcceptKeysend { get; init; }

    /// <summary>Blocks that the last hop's expiry must lie in the future, when an invoice says nothing else.</summary>
    public ushort MinFinalCltvExpiryDelta { get; init; } = 80;

    /// <summary>How long an invoice can be paid, when it says nothing else.</summary>
    public TimeSpan InvoiceExpiry { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long the parts of a payment are waited for before those that came are failed (BOLT 4: at least 60 seconds).</summary>
    public TimeSpan MultiPartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Blocks before a part's expiry at which an unsettled set is failed: later the peer would have to force close.</summary>
    public uint InvoiceSafetyMargin { get; init; } = 24;

    /// <summary>How long a payment is tried, when its caller says nothing else.</summary>
    public TimeSpan PaymentTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the wallet keeps confirmed for each channel with anchors, so that its commitment and HTLCs can be paid for on chain.</summary>
    public Satoshi AnchorReservePerChannel { get; init; } = new(10_000);

    /// <summary>How far the chain backend's feerates are followed.</summary>
    public FeeLimits FeeLimits { get; init; } = new();

    /// <summary>Openings in progress that one peer may have with us.</summary>
    public int MaxPendingChannelsPerPeer { get; init; } = 4;

    /// <summary>Openings in progress that all peers together may have with us.</summary>
    public int MaxPendingChannels { get; init; } = 256;

    /// <summary>Connections from peers without a channel that are kept at once.</summary>
    public int MaxInboundConnections { get; init; } = 256;

    /// <summary>How long a TCP connection and the handshake over it may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A peer that has been silent for so long is sent a ping.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A peer that does not answer a ping for so long is disconnected.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The first pause before a lost peer is called again; it doubles up to <see cref="MaxReconnectDelay"/>.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before a lost peer is called again.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromMinutes(10);
}
