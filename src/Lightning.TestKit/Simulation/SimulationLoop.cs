namespace Lightning.TestKit.Simulation;

/// <summary>
/// Runs everything that happens in a simulation, one thing after another, on the thread of whoever calls it: mailboxes of all actor systems, messages on links,
/// steps of the chain. The order is a function of names and seed alone, so that a run can be repeated exactly.
/// </summary>
internal sealed class SimulationLoop
{
    private readonly Lock _gate = new();
    private readonly Random? _order;
    private readonly List<(int Next, int End)> _names = [];
    private List<Work> _next = [];
    private List<Work> _batch = [];
    private List<Work> _shuffled = [];
    private TaskCompletionSource? _arrived;
    private bool _isRunning;
    private int _thread;
    private int _outside;

    /// <summary>A loop; with a seed, things that are ready together happen in an order drawn from it.</summary>
    public SimulationLoop(int? seed = null) => _order = seed is { } value ? new Random(value) : null;

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>How many things have happened.</summary>
    public long Steps { get; private set; }

    /// <summary>How many things were made ready by other threads while this one ran: none, unless messages come from sockets.</summary>
    public long Intrusions { get; private set; }

    /// <summary>Things that are under way outside, where the loop cannot see them: messages in a socket.</summary>
    public int Outside
    {
        get
        {
            lock (_gate) return _outside;
        }
    }

    /// <summary>What a guard has seen that must never happen; null for nothing. <see cref="Run"/> ends with it.</summary>
    public string? Violation { get; private set; }

    /// <summary>Something has happened that must never happen: the first is kept.</summary>
    public void Violate(string what) => Violation ??= what;

    /// <summary>Something is ready to happen. Called from any thread.</summary>
    /// <param name="name">Whose turn it is: together with the order of arrival it decides when.</param>
    /// <param name="action">What.</param>
    public void Enqueue(string name, Action action)
    {
        lock (_gate)
        {
            _next.Add(new Work(name, action));
            if (_isRunning && Environment.CurrentManagedThreadId != _thread) Intrusions++;
            Arrived();
        }
    }

    /// <summary>So many more (or fewer) things are under way outside. Called from any thread; what came of a thing is made ready before it is taken off.</summary>
    public void AddOutside(int count)
    {
        lock (_gate)
        {
            _outside += count;
            Arrived();
        }
    }

    /// <summary>Runs until nothing is ready.</summary>
    /// <exception cref="ScenarioException">It does not come to an end.</exception>
    public void Run(long limit = 10_000_000)
    {
        if (_isRunning) throw new InvalidOperationException("A simulation does not run inside itself.");
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        lock (_gate) (_thread, _isRunning) = (Environment.CurrentManagedThreadId, true);
        try
        {
            for (var end = Steps + limit; TakeBatch();)
            {
                foreach (var work in _batch)
                {
                    Steps++;
                    work.Action();
                }

                if (Violation is not null) throw new ScenarioException(Violation);
                if (Steps > end) throw new ScenarioException($"The network does not come to rest: {limit} things happened at one moment. The last was at {_batch[^1].Name}.");
            }
        }
        finally
        {
            lock (_gate) _isRunning = false;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Runs until nothing is ready and nothing is under way outside.</summary>
    /// <exception cref="ScenarioException">It does not come to an end, or for half a minute of real time nothing comes of what is under way outside.</exception>
    public async Task RestAsync()
    {
        Run();
        while (IsExpecting(out var arrival))
        {
            try
            {
                await arrival.WaitAsync(OutsideLimit).ConfigureAwait(false);
            }
            catch (TimeoutException e)
            {
                throw new ScenarioException($"{Outside} things are under way in sockets (calls, messages, ends of connections), and nothing came of them within {OutsideLimit}.", e);
            }

            Run();
        }
    }

    /// <summary>Moves the clock, stopping at each timer until all that it sets off has happened.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        var end = Time.Elapsed + span;
        await RestAsync().ConfigureAwait(false);
        while (Time.TryFireNext(end)) await RestAsync().ConfigureAwait(false);
        Time.GoTo(end);
        await RestAsync().ConfigureAwait(false);
    }

    /// <summary>Runs until a condition holds, moving the clock on whenever nothing else can happen.</summary>
    /// <returns>Whether it holds within <paramref name="limit"/> of virtual time.</returns>
    public async Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var end = Time.Elapsed + limit;
        while (true)
        {
            await RestAsync().ConfigureAwait(false);
            if (condition()) return true;
            if (!Time.TryFireNext(end)) return false;
        }
    }

    /// <summary>Begins an operation on this thread and runs until it is done, moving the clock on where it must.</summary>
    /// <exception cref="ScenarioException">It is not done within <paramref name="limit"/> of virtual time.</exception>
    public async Task<T> CompleteAsync<T>(Func<Task<T>> operation, TimeSpan limit, string what)
    {
        var task = Begin(operation);
        if (!await UntilAsync(() => task.IsCompleted, limit).ConfigureAwait(false)) throw new ScenarioException($"{what}: nothing came of it within {limit} of the network's time.");
        return await task.ConfigureAwait(false);
    }

    /// <summary>Begins an operation whose continuations run in this loop.</summary>
    public static T Begin<T>(Func<T> operation)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return operation();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Nobody waits for an operation: its answer may never come, where its node dies.</summary>
    public static void Forget(Task operation) => _ = operation.ContinueWith(
        static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    // Sockets are real: this much real time, and no more, is waited for them.
    private static readonly TimeSpan OutsideLimit = TimeSpan.FromSeconds(30);

    // Whether there is anything left, inside or outside, and what completes when there is something to run.
    private bool IsExpecting(out Task arrival)
    {
        lock (_gate)
        {
            arrival = _next.Count > 0 || _outside <= 0 ? Task.CompletedTask : (_arrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return _next.Count > 0 || _outside > 0;
        }
    }

    // The waiting thread goes on by itself: nothing runs under the lock.
    private void Arrived()
    {
        _arrived?.TrySetResult();
        _arrived = null;
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            if (_next.Count == 0) return false;
            _batch.Clear();
            (_batch, _next) = (_next, _batch);
        }

        // The order of arrival may depend on hash codes of references; that of names does not. For one name it is kept.
        if (_batch.Count == 1) return true;
        for (var i = 0; i < _batch.Count; i++) _batch[i] = _batch[i] with { Arrival = i };
        _batch.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name) is var names and not 0 ? names : one.Arrival.CompareTo(other.Arrival));
        if (_order is not null) Shuffle(_order);
        return true;
    }

    // Chance decides between names, never between two things of one name.
    private void Shuffle(Random order)
    {
        _names.Clear();
        for (var i = 0; i < _batch.Count; i++)
        {
            if (i == 0 || _batch[i].Name != _batch[i - 1].Name) _names.Add((i, i));
            _names[^1] = (_names[^1].Next, i + 1);
        }

        _shuffled.Clear();
        while (_names.Count > 0)
        {
            var chosen = order.Next(_names.Count);
            var (next, end) = _names[chosen];
            _shuffled.Add(_batch[next]);
            if (next + 1 == end) _names.RemoveAt(chosen);
            else _names[chosen] = (next + 1, end);
        }

        (_batch, _shuffled) = (_shuffled, _batch);
    }

    private readonly record struct Work(string Name, Action Action, int Arrival = 0);
}
