using System.Runtime.CompilerServices;
using Akka.Configuration;
using Akka.Dispatch;

namespace Lightning.TestKit.Simulation;

/// <summary>Hands the mailboxes of an actor system to the simulation's loop in place of a thread pool.</summary>
internal sealed class SimulationExecutor(string id, SimulatedProcess process) : ExecutorService(id)
{
    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        // The path without the incarnation's number, which the actor system draws by chance.
        var name = run is Mailbox mailbox && ActorOf(mailbox) is { } cell ? cell.Self.Path.ToStringWithoutAddress() : "";
        process.Enqueue(name, run.Run);
    }

    /// <inheritdoc/>
    public override void Shutdown()
    {
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Actor")]
    private static extern Akka.Actor.ActorCell? ActorOf(Mailbox mailbox);
}

/// <summary>Named in the configuration of the dispatchers.</summary>
internal sealed class SimulationExecutorConfigurator : ExecutorServiceConfigurator
{
    private readonly SimulatedProcess _process;

    /// <summary>Made by the actor system.</summary>
    public SimulationExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _process = SimulatedProcess.Of(prerequisites.Settings.Config);

    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new SimulationExecutor(id, _process);
}
