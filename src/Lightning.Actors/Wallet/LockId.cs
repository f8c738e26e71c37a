using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>What coins of a claim are locked for. A channel's funding has a lock of its own, by the channel's key alone.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Number">The attempt's number in it, from 1.</param>
internal readonly record struct LockId(LocalChannelKey Channel, ulong Number) : IComparable<LockId>
{
    /// <inheritdoc/>
    public int CompareTo(LockId other) => Channel.CompareTo(other.Channel) is not 0 and var order ? order : Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => $"{Channel}/{Number}";
}
