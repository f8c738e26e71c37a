using Lightning.Actors.Serialization;

namespace Lightning.Actors.Entities;

/// <summary>
/// The first event of each incarnation of an entity. Its sequence number is the incarnation's epoch: whoever holds a higher one has
/// shut out every incarnation before it.
/// </summary>
internal sealed record OwnershipTaken : ISerialized
{
    /// <summary>The only instance.</summary>
    public static OwnershipTaken Instance { get; } = new();
}
