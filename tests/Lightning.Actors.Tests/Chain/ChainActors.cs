using Akka.Actor;
using Akka.TestKit;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Journal;
using Lightning.Bitcoin.Scripts;
using Lightning.Chain;
using Lightning.Chain.Wallet;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Tests.Chain;

/// <summary>Monitors and clients over the real journal and a scripted chain.</summary>
public abstract class ChainActors : JournalSystem
{
    protected static readonly TimeSpan Wait = TimeSpan.FromSeconds(15);

    private protected ScriptedChain Chain { get; } = new();

    private readonly List<DataFolder> _folders = [];

    private TestProbe? _region;

    private int _started;

    private protected TestProbe Region => _region ??= CreateTestProbe();

    private protected IActorRef StartMonitor(ActorSystem? system = null) =>
        (system ?? Sys).ActorOf(ChainMonitor.Props(Chain), $"monitor-{Interlocked.Increment(ref _started)}");

    private protected (NodeRuntime Node, IActorRef Client) StartClient(IActorRef monitor, IChainWallet? wallet = null)
    {
        var node = Node(Chain, wallet!, Region);
        return (node, Sys.ActorOf(ChainClient.Props(node, monitor)));
    }

    private protected NodeRuntime Node(IChainBackend chain, IChainWallet wallet, IActorRef channels)
    {
        var folder = DataFolder.Open(FolderOf($"node{Interlocked.Increment(ref _started)}"));
        _folders.Add(folder);
        return new NodeRuntime(new LightningNodeOptions { Network = Network.Regtest, DataFolder = folder.Path }, null!, chain, wallet, new SqliteViews(folder.DatabaseFile, folder.ViewsFile))
        {
            Actors = new NodeActors
            {
                System = Sys,
                Peers = ActorRefs.Nobody,
                Channels = channels,
                Payments = ActorRefs.Nobody,
                Invoices = ActorRefs.Nobody,
                Registry = ActorRefs.Nobody,
                ChainMonitor = ActorRefs.Nobody,
                Wallet = ActorRefs.Nobody,
                Connections = ActorRefs.Nobody,
                Router = ActorRefs.Nobody,
                Views = ActorRefs.Nobody,
                Topics = ActorRefs.Nobody,
            },
        };
    }

    protected override void AfterAll()
    {
        foreach (var folder in _folders) folder.Dispose();
        base.AfterAll();
    }

    private protected void Until(Func<bool> condition) => AwaitCondition(condition, Wait, TimeSpan.FromMilliseconds(5), "nothing");

    /// <summary>Returns when the monitor has everything that the client was told before.</summary>
    private protected void Settle(IActorRef client)
    {
        var probe = CreateTestProbe();
        var channel = new LocalChannelKey(0, (uint)Interlocked.Increment(ref _started));
        client.Tell(new WatchSpent(channel, 0, ScriptedChain.SpentAtFirst, Script.Empty, IsFunding: true), probe);
        probe.ExpectMsg<ChannelRequest>(Wait);
        client.Tell(new Unwatch(channel), probe);
    }

    private protected void Kill(IActorRef actor)
    {
        Watch(actor);
        actor.Tell(EntityStop.Instance);
        ExpectTerminated(actor, Wait);
    }

    private protected long Events(string persistenceId)
    {
        using var connection = SqliteSchema.Open(SqliteSchema.ConnectionString(DatabaseFile));
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM journal WHERE persistence_id = '{persistenceId}'";
        return (long)command.ExecuteScalar()!;
    }
}
