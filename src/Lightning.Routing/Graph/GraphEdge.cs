using System.Runtime.InteropServices;

namespace Lightning.Routing.Graph;

/// <summary>
/// One direction of a channel, kept with the node at its end: a search goes backwards from the payee and reads a node's edges one after the other. 48 bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GraphEdge
{
    /// <summary>The terms are known; without this flag nothing but <see cref="From"/>, <see cref="Direction"/> and <see cref="Capacity"/> means anything.</summary>
    public const ushort Known = 1;

    /// <summary>The terms say that nothing is forwarded for now.</summary>
    public const ushort Disabled = 2;

    /// <summary>Index of the node that forwards.</summary>
    public int From;

    /// <summary>Twice the channel's index, plus one for what the second node forwards.</summary>
    public int Direction;

    /// <summary>Millisatoshi for each HTLC.</summary>
    public uint FeeBase;

    /// <summary>Millionths of the amount.</summary>
    public uint FeeRate;

    /// <summary>The smallest HTLC, millisatoshi.</summary>
    public long HtlcMinimum;

    /// <summary>The largest HTLC, millisatoshi.</summary>
    public long HtlcMaximum;

    /// <summary>What the channel holds, millisatoshi; the largest HTLC where that is not known.</summary>
    public long Capacity;

    /// <summary>When the terms were made.</summary>
    public uint Timestamp;

    /// <summary>Blocks.</summary>
    public ushort CltvDelta;

    /// <summary><see cref="Known"/> and <see cref="Disabled"/>.</summary>
    public ushort Flags;

    /// <summary>Whether it forwards, as far as its terms say.</summary>
    public readonly bool IsUsable => Flags == Known;

    /// <summary>The terms.</summary>
    public readonly ChannelPolicy? Policy => (Flags & Known) == 0
        ? null
        : new ChannelPolicy(
            new MilliSatoshi(FeeBase), FeeRate, CltvDelta, new MilliSatoshi(HtlcMinimum), new MilliSatoshi(HtlcMaximum), (Flags & Disabled) != 0, Timestamp);
}
