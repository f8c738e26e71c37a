using Lightning.Chain;

namespace Lightning.Actors.Chain;

/// <summary>The best block as this process knows it, read from any thread. Whoever acts on blocks subscribes to <see cref="NewTip"/> on the event stream and reads the height here.</summary>
internal sealed class TipView
{
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile NewTip? _tip;

    /// <summary>The best block; height 0 before any is known.</summary>
    public ChainTip Tip => _tip?.Tip ?? default;

    /// <summary>Its height in blocks.</summary>
    public uint Height => Tip.Height;

    /// <summary>Its time, as its miner set it.</summary>
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
