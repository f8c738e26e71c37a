using Lightning.Chain.Simulated;

namespace Lightning.Node.Sandbox;

/// <summary>Mines a block on the simulated chain whenever transactions wait, so that what anybody does on chain confirms by itself.</summary>
internal sealed class SandboxMiner : IAsyncDisposable
{
    // What confirms asks for a few blocks on top before the nodes believe it.
    private const int BlocksOnTop = 8;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public SandboxMiner(SimulatedChain chain, TimeSpan pace, TimeProvider time) => _work = Run(chain, pace, time, _stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private static async Task Run(SimulatedChain chain, TimeSpan pace, TimeProvider time, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(pace, time);
        var left = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (chain.Mempool.Length > 0) left = BlocksOnTop;
                if (left == 0) continue;
                chain.Mine();
                left--;
            }
        }
        catch (OperationCanceledException)
        {
            // asked to stop
        }
    }
}
