namespace Lightning.Actors.Entities;

/// <summary>A message for one entity of a shard region.</summary>
internal interface IEntityMessage
{
    /// <summary>The entity's name in its region.</summary>
    string EntityId { get; }
}
