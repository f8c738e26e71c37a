namespace Lightning.Actors.Tests;

/// <summary>Waits for what another thread brings about; fails with what it last saw.</summary>
internal static class Eventually
{
    public static Task<T> Is<T>(Func<T> read, Func<T, bool> wanted, int seconds = 20) => Is(() => Task.FromResult(read()), wanted, seconds);

    /// <summary>The same for what is asked for.</summary>
    public static async Task<T> Is<T>(Func<Task<T>> read, Func<T, bool> wanted, int seconds = 20)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            var value = await read();
            if (wanted(value)) return value;
            if (limit.IsCancellationRequested) Assert.Fail($"Still {value} after {seconds} s.");

            // Between two looks; what ends the wait is the condition or the limit.
            await Task.Delay(5);
        }
    }

    public static Task True(Func<Task<bool>> condition, int seconds = 20) => Is(condition, static value => value, seconds);

    public static Task True(Func<bool> condition, int seconds = 20) => Is(condition, static value => value, seconds);
}
