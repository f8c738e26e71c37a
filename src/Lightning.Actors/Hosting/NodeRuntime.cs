using Akka.Actor;
using Lightning.Chain;
using Lightning.Chain.Wallet;

namespace Lightning.Actors.Hosting;

/// <summary>What every actor of a node in this process is given.</summary>
internal sealed class NodeRuntime(LightningNodeOptions options, NodeKeys keys, IChainBackend chain, IChainWallet wallet, DataFolder folder)
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

    /// <summary>The data folder.</summary>
    public DataFolder Folder { get; } = folder;

    /// <summary>The clock.</summary>
    public TimeProvider Time => Options.Time;

    /// <summary>Random bytes.</summary>
    public IRandomness Randomness => Options.Randomness;

    /// <summary>The node's actors, once they are started.</summary>
    public NodeActors Actors { get; set; } = null!;

    /// <summary>Now, in UTC.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();
}
