using Lightning.Chain;

namespace Lightning.Actors.Chain;

/// <summary>The best block as this process knows it, read from any thread. A hint: whoever acts on the chain hears of blocks from the monitor.</summary>
internal sealed class TipView
{
    private volatile NewTip? _tip;
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The best block; height 0 before any is known.</summary>
    public ChainTip Tip => _tip?.Tip ?? default;

    /// <summary>Its height in blocks.</summary>
    public uint Height => Tip.Height;

    /// <summary>Its time.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds(_tip?.Time ?? 0);

    /// <summary>Completes with the first block.</summary>
    public Task Known => _known.Task;

    /// <summary>A new best block.</summary>
    public void Set(NewTip tip)
    {
        _tip = tip;
        _known.TrySetResult();
    }
}
