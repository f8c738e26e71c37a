namespace Lightning.Actors.Api;

/// <summary>A channel of a backup that was to be restored.</summary>
/// <param name="Funding">Its funding output.</param>
/// <param name="Peer">Its peer, who is asked to close it.</param>
/// <param name="IsNew">Whether this restored it; false where the node knew it already, open or closed, and left it alone.</param>
public sealed record RestoredChannel(OutPoint Funding, NodeId Peer, bool IsNew);
