namespace Lightning.Actors.Api;

/// <summary>What this node asks for passing payments on, and what it has earned so.</summary>
/// <param name="Channels">What each open channel asks for.</param>
/// <param name="Day">Earned in the last 24 hours.</param>
/// <param name="Week">Earned in the last 7 days.</param>
/// <param name="Month">Earned in the last 30 days.</param>
public sealed record FeeReport(IReadOnlyList<ChannelFees> Channels, MilliSatoshi Day, MilliSatoshi Week, MilliSatoshi Month);
