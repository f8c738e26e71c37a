using Lightning.Actors.Api;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.Entities;

/// <summary>What was asked for is done.</summary>
internal sealed record Done : ISerialized
{
    /// <summary>The only instance.</summary>
    public static Done Instance { get; } = new();
}

/// <summary>What was asked for is not done.</summary>
/// <param name="Kind">Why, for programs.</param>
/// <param name="Message">Why, for people.</param>
internal sealed record Refused(LightningErrorKind Kind, string Message) : ISerialized
{
    /// <summary>The same as an exception.</summary>
    public LightningException ToException() => new(Kind, Message);
}
