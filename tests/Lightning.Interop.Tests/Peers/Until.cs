using System.Diagnostics;

namespace Lightning.Interop.Tests.Peers;

/// <summary>Awaits a condition of another process, which cannot notify us, with a time limit.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(string what, TimeSpan limit, Func<Task<bool>> condition) =>
        await NotNullAsync(what, limit, async () => await condition() ? "" : null);

    public static async Task<T> NotNullAsync<T>(string what, TimeSpan limit, Func<Task<T?>> probe, Func<Task<string>>? state = null) where T : class
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (await probe() is { } value) return value;
            if (clock.Elapsed > limit) throw new TimeoutException($"not within {limit.TotalSeconds:0} s: {what}\n{(state is null ? "" : await state())}");
            await Task.Delay(Pause);
        }
    }
}
