namespace Lightning.Routing.Gossip;

/// <summary>What is remembered of the last channel_update of one direction.</summary>
public struct KnownUpdate : IEquatable<KnownUpdate>
{
    /// <summary>None yet.</summary>
    public KnownUpdate() => Location = GossipTable.Nowhere;

    /// <summary>Its timestamp; 0 where none is known.</summary>
    public uint Timestamp { get; internal set; }

    /// <summary>Its checksum (<see cref="Protocol.Gossip.ChannelUpdateChecksum"/>); 0 where none is known.</summary>
    public uint Checksum { get; internal set; }

    /// <summary>Where it is kept; <see cref="GossipTable.Nowhere"/> where it is not.</summary>
    public long Location { get; internal set; }

    /// <summary>Whether it says that nothing is forwarded for now.</summary>
    public bool IsDisabled { get; internal set; }

    /// <summary>Whether it may be sent to others.</summary>
    public bool IsRelayed { get; internal set; }

    /// <summary>See <see cref="GossipLimits.Updates"/>.</summary>
    internal long RateLimit;

    /// <inheritdoc/>
    public readonly bool Equals(KnownUpdate other) =>
        (Timestamp, Checksum, Location, IsDisabled, IsRelayed) == (other.Timestamp, other.Checksum, other.Location, other.IsDisabled, other.IsRelayed);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is KnownUpdate other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Timestamp, Checksum, Location, IsDisabled, IsRelayed);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(KnownUpdate left, KnownUpdate right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(KnownUpdate left, KnownUpdate right) => !left.Equals(right);
}
