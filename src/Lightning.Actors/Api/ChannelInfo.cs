namespace Lightning.Actors.Api;

/// <summary>An open channel.</summary>
public sealed record ChannelInfo
{
    /// <summary>The funding outpoint.</summary>
    public required OutPoint Funding { get; init; }

    /// <summary>Its name on the wire.</summary>
    public required ChannelId ChannelId { get; init; }

    /// <summary>The peer.</summary>
    public required NodeId Peer { get; init; }

    /// <summary>The name the peer announces, where known.</summary>
    public string PeerAlias { get; init; } = "";

    /// <summary>Where the funding output stands on chain; null while unconfirmed (then an alias serves).</summary>
    public ShortChannelId? ShortChannelId { get; init; }

    /// <summary>Aliases: ours first, then the peer's (BOLT 2, <c>option_scid_alias</c>).</summary>
    public IReadOnlyList<ShortChannelId> Aliases { get; init; } = [];

    /// <summary>Value of the funding output.</summary>
    public required Satoshi Capacity { get; init; }

    /// <summary>Ours, without what is in HTLCs.</summary>
    public required MilliSatoshi LocalBalance { get; init; }

    /// <summary>The peer's, without what is in HTLCs.</summary>
    public required MilliSatoshi RemoteBalance { get; init; }

    /// <summary>In HTLCs of both directions.</summary>
    public MilliSatoshi UnsettledBalance { get; init; }

    /// <summary>Given to the peer at the start.</summary>
    public MilliSatoshi Pushed { get; init; }

    /// <summary>Sent over the channel in its life.</summary>
    public MilliSatoshi TotalSent { get; init; }

    /// <summary>Received over the channel in its life.</summary>
    public MilliSatoshi TotalReceived { get; init; }

    /// <summary>Number of our commitment transaction.</summary>
    public ulong CommitmentNumber { get; init; }

    /// <summary>Fee of our commitment transaction.</summary>
    public Satoshi CommitmentFee { get; init; }

    /// <summary>Weight of our commitment transaction, in weight units.</summary>
    public long CommitmentWeight { get; init; }

    /// <summary>Feerate of the commitment transactions.</summary>
    public FeeratePerKw Feerate { get; init; }

    /// <summary>HTLCs under way.</summary>
    public IReadOnlyList<PendingHtlc> PendingHtlcs { get; init; } = [];

    /// <summary>Whether the peer is connected and the channel reestablished.</summary>
    public required bool IsActive { get; init; }

    /// <summary>Not announced to the network.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Whether we opened it.</summary>
    public bool IsInitiator { get; init; }

    /// <summary>Used before its funding transaction confirmed.</summary>
    public bool IsZeroConf { get; init; }

    /// <summary>The commitment format.</summary>
    public CommitmentType CommitmentType { get; init; } = CommitmentType.Anchors;

    /// <summary>The limits on our side.</summary>
    public required ChannelConstraints LocalConstraints { get; init; }

    /// <summary>The limits on the peer's side.</summary>
    public required ChannelConstraints RemoteConstraints { get; init; }

    /// <summary>Since when this incarnation of the channel watches the peer; with <see cref="Uptime"/> a measure of the peer.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>How long of <see cref="Lifetime"/> the peer was connected.</summary>
    public TimeSpan Uptime { get; init; }
}
