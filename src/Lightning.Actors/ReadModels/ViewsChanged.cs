using Lightning.Actors.Serialization;

namespace Lightning.Actors.ReadModels;

/// <summary>A hint that the journal has something new for the lists. It may be lost: they look by themselves from time to time.</summary>
internal sealed record ViewsChanged : ISerialized
{
    /// <summary>The only instance.</summary>
    public static ViewsChanged Instance { get; } = new();
}
