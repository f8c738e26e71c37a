using System.Globalization;
using Lightning.Actors.Entities;

namespace Lightning.Actors.Channels;

/// <summary>Finds a channel's shard by the tag in its key, so that the channels of a peer live and move together.</summary>
internal sealed class ChannelExtractor(int shards) : EntityExtractor(shards)
{
    private readonly string[] _shards = [.. Enumerable.Range(0, shards).Select(shard => shard.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public override string ShardId(string entityId, object? messageHint = null)
    {
        var tag = messageHint is ChannelMessage message
            ? message.Channel.ShardTag
            : uint.Parse(entityId.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return _shards[tag % (uint)_shards.Length];
    }
}
