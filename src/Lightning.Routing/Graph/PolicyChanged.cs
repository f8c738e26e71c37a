namespace Lightning.Routing.Graph;

/// <summary>One side has changed its terms (BOLT 7, <c>channel_update</c>). Terms with an earlier timestamp than the known ones change nothing.</summary>
/// <param name="ShortChannelId">The channel.</param>
/// <param name="Direction">0 for what <c>node_id_1</c> forwards to <c>node_id_2</c>, 1 for the other way.</param>
/// <param name="Policy">The terms.</param>
public sealed record PolicyChanged(ShortChannelId ShortChannelId, int Direction, ChannelPolicy Policy) : GraphDelta;
