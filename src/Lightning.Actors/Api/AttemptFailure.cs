namespace Lightning.Actors.Api;

/// <summary>Why one attempt failed.</summary>
/// <param name="Code">The failure code (BOLT 4); null when the answer was not readable.</param>
/// <param name="SourceIndex">Who said so: 0 is this node, 1 the first hop; null when not known.</param>
public sealed record AttemptFailure(ushort? Code, int? SourceIndex)
{
    /// <summary>In words.</summary>
    public string Message { get; init; } = "";
}
