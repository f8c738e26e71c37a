using System.Globalization;

namespace Lightning.Channels.Parameters;

/// <summary>
/// This node's own name of a channel: random, made before the channel exists, never on the wire, unchanged by splices. The wire's ids cannot serve:
/// they change during opening, and a hostile peer can repeat another channel's.
/// </summary>
/// <param name="ShardTag">Decides where the channel lives; by default the same for all channels of a peer, so that they live and move together.</param>
/// <param name="Random">128 random bits.</param>
public readonly record struct LocalChannelKey(uint ShardTag, UInt128 Random) : IComparable<LocalChannelKey>
{
    /// <summary>Parses what <see cref="ToString"/> writes: eight hexadecimal digits, a hyphen, thirty-two hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static LocalChannelKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is not a channel key: expected 8 hexadecimal digits, a hyphen and 32 more.");

    /// <summary>Parses what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, out LocalChannelKey key)
    {
        key = default;
        if (text is not { Length: 41 } || text[8] != '-'
            || !uint.TryParse(text.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag)
            || !UInt128.TryParse(text.AsSpan(9), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var random)) return false;
        key = new LocalChannelKey(tag, random);
        return true;
    }

    /// <summary>The tag and the random part in hexadecimal: the entity id.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ShardTag:x8}-{Random:x32}");

    /// <inheritdoc/>
    /// <remarks>The order of the entity ids.</remarks>
    public int CompareTo(LocalChannelKey other) => ShardTag != other.ShardTag ? ShardTag.CompareTo(other.ShardTag) : Random.CompareTo(other.Random);

    /// <summary>Order by entity id.</summary>
    public static bool operator <(LocalChannelKey left, LocalChannelKey right) => left.CompareTo(right) < 0;

    /// <summary>Order by entity id.</summary>
    public static bool operator >(LocalChannelKey left, LocalChannelKey right) => left.CompareTo(right) > 0;

    /// <summary>Order by entity id.</summary>
    public static bool operator <=(LocalChannelKey left, LocalChannelKey right) => left.CompareTo(right) <= 0;

    /// <summary>Order by entity id.</summary>
    public static bool operator >=(LocalChannelKey left, LocalChannelKey right) => left.CompareTo(right) >= 0;
}
