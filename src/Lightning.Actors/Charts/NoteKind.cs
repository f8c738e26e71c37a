namespace Lightning.Actors.Charts;

/// <summary>What a note of a <see cref="SequenceChart"/> stands for.</summary>
public enum NoteKind
{
    /// <summary>A remark for the reader: <c>‹text›</c>.</summary>
    Remark = 0,

    /// <summary>An event became durable: <c>[text]</c>.</summary>
    Event = 1,

    /// <summary>An action was performed: <c>(text)</c>.</summary>
    Action = 2,
}
