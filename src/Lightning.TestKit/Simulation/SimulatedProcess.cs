using System.Collections.Concurrent;
using System.Globalization;
using Akka.Configuration;
using Lightning.Actors.Journal;

namespace Lightning.TestKit.Simulation;

/// <summary>One process of a node: what it does happens in the loop until it is killed, and then nothing of it happens any more.</summary>
internal sealed class SimulatedProcess : IDisposable
{
    /// <summary>Where the actor system's configuration names the process.</summary>
    public const string ConfigPath = "akka.scheduler.lightning-process";

    private static readonly ConcurrentDictionary<long, SimulatedProcess> Known = new();
    private static long _last;
    private readonly long _id = Interlocked.Increment(ref _last);
    private readonly List<Action> _whenKilled = [];

    /// <summary>A process.</summary>
    /// <param name="name">Its name in the network.</param>
    /// <param name="loop">Where it runs.</param>
    public SimulatedProcess(string name, SimulationLoop loop)
    {
        Name = name;
        Loop = loop;
        Known[_id] = this;
    }

    /// <summary>Its name in the network.</summary>
    public string Name { get; }

    /// <summary>Where it runs.</summary>
    public SimulationLoop Loop { get; }

    /// <summary>Its way to the node's disk.</summary>
    public IJournalStore? Journal { get; set; }

    /// <summary>Whether it was killed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>HOCON by which schedulers and dispatchers find it.</summary>
    public string Hocon => string.Create(CultureInfo.InvariantCulture, $"{ConfigPath} = {_id}");

    /// <summary>The process whose actor system has this configuration.</summary>
    public static SimulatedProcess Of(Config config) => Known[config.GetLong(ConfigPath, 0)];

    /// <summary>Something of this process is ready to happen.</summary>
    public void Enqueue(string name, Action action)
    {
        if (IsDead) return;
        Loop.Enqueue(Name + name, () =>
        {
            if (!IsDead) action();
        });
    }

    /// <summary>Does something when it is killed.</summary>
    public void WhenKilled(Action action) => _whenKilled.Add(action);

    /// <summary>Kills it, as a power cut would.</summary>
    public void Kill()
    {
        if (IsDead) return;
        IsDead = true;
        Known.TryRemove(_id, out _);
        foreach (var action in _whenKilled) action();
    }

    /// <inheritdoc/>
    public void Dispose() => Kill();
}
