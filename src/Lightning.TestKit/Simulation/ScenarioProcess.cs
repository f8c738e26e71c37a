using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Lightning.Actors.Api;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Node;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Chain.Simulated;
using Lightning.TestKit.Chain;
using Lightning.TestKit.Journals;
using Lightning.TestKit.Links;

namespace Lightning.TestKit.Simulation;

/// <summary>One process of a node: its actor system in the network's loop.</summary>
internal sealed class ScenarioProcess
{
    private static readonly Config Base = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = []
          scheduler.implementation = "Lightning.TestKit.Simulation.VirtualScheduler, Lightning.TestKit"
          coordinated-shutdown.run-by-actor-system-terminate = off
          actor {
            provider = local
            default-dispatcher { type = Dispatcher, throughput = 1, executor = "Lightning.TestKit.Simulation.SimulationExecutorConfigurator, Lightning.TestKit" }
            internal-dispatcher { type = Dispatcher, throughput = 1, executor = "Lightning.TestKit.Simulation.SimulationExecutorConfigurator, Lightning.TestKit" }
          }
          persistence {
            journal.group-commit {
              class = "Lightning.TestKit.Journals.ScenarioJournal, Lightning.TestKit"
              circuit-breaker.max-failures = 1000000
            }
            # A cache that may be thrown away at any time: a new process finds none.
            snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
            snapshot-store.inmem.plugin-dispatcher = "akka.actor.default-dispatcher"
          }
        }
        lightning.router-dispatcher { type = Dispatcher, throughput = 1, executor = "Lightning.TestKit.Simulation.SimulationExecutorConfigurator, Lightning.TestKit" }
        """).WithFallback(HoconFiles.Load(postgres: false)).WithFallback(SqlPersistence.DefaultConfiguration);

    private readonly SimulatedProcess _process;
    private readonly string _name;
    private readonly Action<Akka.Event.Error> _failed;

    public ScenarioProcess(
        ScenarioNode node, LightningNodeOptions options, int number, NodeKeys keys, SimulatedWallet wallet, ScenarioBackup backup, ChainTrouble chainTrouble, Action<Transaction, BroadcastResult> broadcast)
    {
        _name = node.Name;
        _failed = node.Failed;
        _process = new SimulatedProcess(number == 1 ? node.Name : $"{node.Name}/{number}", node.Network.Loop);
        _process.Journal = new ScenarioStore(node.Disk, _process, node.Trouble, node.Written, node.Violate);
        Chain = new NodeChain(node.Network.Chain.Simulated, wallet, _process, chainTrouble, broadcast);
        Runtime = new NodeRuntime(options, keys, Chain, Chain, node.Disk.Views)
        {
            Continuations = TaskCreationOptions.None,
            PeerNetwork = node.Network.Sockets is { } sockets ? Tcp(node, number, keys, sockets) : node.Network.Wires.For(node.Name, keys.NodeId, _process),
            Backups = new ScenarioBackupStore(backup, _process, node.Trouble.Hurt),
            Topology = new SimulatedTopology(node.Guard.Sent),
            Graph = new ScenarioGraph(node.Network, keys.NodeId),
            Performing = node.Performing,
            Answering = node.Guard.Answered,
        };
        Api = new LightningNode(Runtime);
    }

    /// <summary>Its view of the chain.</summary>
    public NodeChain Chain { get; }

    /// <summary>What its actors are given.</summary>
    public NodeRuntime Runtime { get; }

    /// <summary>Its operations.</summary>
    public ILightningNode Api { get; }

    /// <summary>Whether it was killed.</summary>
    public bool IsDead => _process.IsDead;

    /// <summary>Starts its actors.</summary>
    public async Task StartAsync(RestoredDatabase? restored)
    {
        Runtime.Restored = restored;
        var system = ActorSystem.Create(LightningNodeServices.ActorSystemName, ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(_process.Hocon + "\n" + Runtime.Options.Hocon).WithFallback(Base))));
        var errors = system.ActorOf(ActorProps.Of<ErrorWatcher>(_failed), "errors");
        system.EventStream.Subscribe(errors, typeof(Akka.Event.Error));
        await NodeStartup.StartAsync(system, Runtime).ConfigureAwait(false);
    }

    // Handshakes draw from other threads, at any time: not from where the node draws. A listener that has to wait, waits in real time.
    private CountedNetwork Tcp(ScenarioNode node, int number, NodeKeys keys, TcpConnections sockets) => new(
        new TcpPeerNetwork(keys, new SeededRandomness($"{node.Name} {node.Network.Options.Seed} {number} handshakes"), TimeProvider.System),
        sockets,
        node.Network.Story,
        node.Name,
        keys.NodeId,
        _process);

    /// <summary>Kills it.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public override string ToString() => _name;
}
