using System.Runtime.InteropServices;

namespace Lightning.Actors.Metrics;

/// <summary>What is measured of one channel.</summary>
/// <param name="Stage">opening, open, waiting_close or force_closing.</param>
/// <param name="Limbo">This node's money on its way through the chain, in satoshi.</param>
/// <param name="BlocksLeft">Blocks until the next deadline of an output; null for none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChannelGauge(string Stage, long Limbo = 0, int? BlocksLeft = null);
