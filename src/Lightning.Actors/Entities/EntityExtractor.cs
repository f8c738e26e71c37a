using Akka.Cluster.Sharding;

namespace Lightning.Actors.Entities;

/// <summary>Finds the entity of a message, and its shard by a hash of the entity's name.</summary>
internal class EntityExtractor(int shards) : HashCodeMessageExtractor(shards)
{
    /// <inheritdoc/>
    public override string? EntityId(object message) => (message as IEntityMessage)?.EntityId;
}
