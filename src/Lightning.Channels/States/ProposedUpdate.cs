using Lightning.Channels.Events;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>An update of this node that waits for the next commitment_signed.</summary>
/// <param name="Update">The update; the id of an add is set when it is sent.</param>
/// <param name="Origin">For whom, where it is an add.</param>
public sealed record ProposedUpdate(CommitmentUpdate Update, AddOrigin? Origin);
