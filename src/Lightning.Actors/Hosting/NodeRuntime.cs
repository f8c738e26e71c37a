using System.Collections.Immutable;
using System.Net;
using Lightning.Actors.Backup;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Forwarding;
using Lightning.Actors.ReadModels;
using Lightning.Chain;
using Lightning.Chain.Wallet;
using Lightning.Channels.Actions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Hosting;

/// <summary>What every actor of a node in this process is given.</summary>
internal sealed class NodeRuntime(LightningNodeOptions options, NodeKeys keys, IChainBackend chain, IChainWallet wallet, ViewDatabase views) : IDisposable
{
    /// <summary>The options.</summary>
    public LightningNodeOptions Options { get; } = options;

    /// <summary>The node's terms and limits.</summary>
    public NodePolicy Policy => Options.Policy;

    /// <summary>The node's secrets.</summary>
    public NodeKeys Keys { get; } = keys;

    /// <summary>The chain.</summary>
    public IChainBackend Chain { get; } = chain;

    /// <summary>The keys of the on-chain coins.</summary>
    public IChainWallet Wallet { get; } = wallet;

    /// <summary>How the node is spread over processes.</summary>
    public NodeTopology Topology { get; init; } = new ClusterTopology(options.Cluster);

    /// <summary>Everybody else's channels.</summary>
    public IChannelGraph Graph { get; init; } = EmptyGraph.Instance;

    /// <summary>The clock.</summary>
    public TimeProvider Time => Options.Time;

    /// <summary>Random bytes.</summary>
    public IRandomness Randomness => Options.Randomness;

    /// <summary>How connections to peers come about.</summary>
    public IPeerNetwork PeerNetwork { get; init; } = new TcpPeerNetwork(keys, options.Randomness, options.Time);

    /// <summary>Whether what waits in tasks for an actor goes on in a thread of its own, as it should, or where the actor speaks.</summary>
    public TaskCreationOptions Continuations
    {
        get;
        init
        {
            field = value;
            Directory = new ChannelDirectory(value);
            ViewsPulse = new Pulse(value);
            Interception = new ForwardInterception(value);
        }
    } = TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Sees what channels do, before they do it; null where nobody looks. Runs in their actors.</summary>
    public Action<LocalChannelKey, ChannelAction>? Performing { get; init; }

    /// <summary>Sees what payments and invoices tell those who ask or listen (<see cref="Payments.Messages.PaymentAnswer"/>, <see cref="Invoices.Messages.InvoiceAnswer"/>), before
    /// they do; null where nobody looks. Runs in their actors.</summary>
    public Action<object>? Answering { get; init; }

    /// <summary>The node's actors, once they are started.</summary>
    public NodeActors Actors { get; set; } = null!;

    /// <summary>The channels of this process.</summary>
    public ChannelDirectory Directory { get; private init; } = new();

    /// <summary>Where the channels of this process hand over what they would forward, while somebody wants to decide about it.</summary>
    public ForwardInterception Interception { get; private init; } = new();

    /// <summary>The open connections of this process, one for each peer.</summary>
    public LiveConnections Connections { get; } = new();

    /// <summary>The best block.</summary>
    public TipView Tip { get; } = new();

    /// <summary>Feerates.</summary>
    public FeeView FeeView { get; } = new(options.Policy.FeeLimits, options.Time);

    /// <summary>What this node offers, accepts and risks in a channel.</summary>
    public ChannelConfig ChannelConfig { get; } = (options.Channels ?? new ChannelConfig { Network = options.Network }) with
    {
        Forwarding = new ForwardingTerms
        {
            FeeBase = options.Policy.FeeBase, FeeProportionalMillionths = options.Policy.FeeProportionalMillionths, CltvExpiryDelta = options.Policy.CltvExpiryDelta,
        },
    };

    /// <summary>What is known of the database as an old copy (<see cref="LightningNodeOptions.IsRestored"/>); null where it is none.</summary>
    public RestoredDatabase? Restored { get; set; }

    /// <summary>Where this process keeps the channel backup, while the registry is in it.</summary>
    public IBackupStore Backups { get; init; } = new UnkeptBackup();

    /// <summary>Where this process listens for peers, once it does.</summary>
    public ImmutableArray<IPEndPoint> ListeningOn { get; set; } = [];

    /// <summary>The tables that lists are read from.</summary>
    public ViewDatabase Views { get; } = views;

    /// <summary>Beats whenever those tables have changed.</summary>
    public Pulse ViewsPulse { get; private init; } = new();

    /// <summary>Height of the best block; null before any is known.</summary>
    public uint? HeightIfKnown() => Tip.Height > 0 ? Tip.Height : null;

    /// <summary>Now, in UTC.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Closes what it opened itself.</summary>
    public void Dispose() => Views.Dispose();
}
