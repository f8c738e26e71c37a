using Lightning.Actors.Serialization;

namespace Lightning.Actors.Entities;

/// <summary>Asks an entity to stop once what it is writing is durable. Unlike a poison pill it lets the commands before it be handled.</summary>
internal sealed record EntityStop : ISerialized
{
    /// <summary>The only instance.</summary>
    public static EntityStop Instance { get; } = new();
}
