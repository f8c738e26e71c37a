namespace Lightning.Actors.Charts;

/// <summary>What an arrow of a <see cref="SequenceChart"/> stands for.</summary>
public enum ArrowKind
{
    /// <summary>A message that arrived, or is on its way.</summary>
    Message = 0,

    /// <summary>A message that was lost, or dropped by who received it.</summary>
    Lost = 1,

    /// <summary>Something inside one node, never on the wire.</summary>
    Internal = 2,
}
