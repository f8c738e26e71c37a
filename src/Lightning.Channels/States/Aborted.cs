using Lightning.Channels.Commitments;

namespace Lightning.Channels.States;

/// <summary>The opening ended before anything was durable.</summary>
public sealed record Aborted : UnfundedState
{
    internal Aborted(OutgoingLedger outgoing)
        : base(outgoing)
    {
    }

    /// <inheritdoc/>
    public override bool IsFinal => true;
}
