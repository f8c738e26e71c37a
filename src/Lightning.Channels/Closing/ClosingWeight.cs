using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Closing;

/// <summary>Expected weight of closing transactions: signatures at their longest, as in BOLT 3's appendix A.</summary>
internal static class ClosingWeight
{
    // Version, input count, input without script, output count, locktime; then marker and flag; then the 222 bytes of a 2-of-2 witness.
    private const int WithoutOutputs = (4 * (4 + 1 + 41 + 1 + 4)) + 2 + 222;

    public static int Of(params ReadOnlySpan<Script> outputs)
    {
        var weight = WithoutOutputs;
        foreach (var script in outputs) weight += 4 * (8 + 1 + script.Length);
        return weight;
    }
}
