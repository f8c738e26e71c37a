using Lightning.Actors.Channels;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commitments;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.TestKit;

/// <summary>A channel of a network, seen from both ends.</summary>
public sealed class ScenarioChannel
{
    private readonly ScenarioNetwork _network;

    internal ScenarioChannel(ScenarioNetwork network, OutPoint funding, string opener, string peer, Satoshi capacity, bool isPrivate) =>
        (_network, Funding, Opener, Peer, Capacity, IsPrivate) = (network, funding, opener, peer, capacity, isPrivate);

    /// <summary>The funding output.</summary>
    public OutPoint Funding { get; }

    /// <summary>Who opened it.</summary>
    public string Opener { get; }

    /// <summary>The other node.</summary>
    public string Peer { get; }

    /// <summary>What it holds.</summary>
    public Satoshi Capacity { get; }

    /// <summary>Whether the network is not told of it.</summary>
    public bool IsPrivate { get; }

    /// <summary>Whether both ends can pay over it now.</summary>
    public bool IsUsable => EntryAt(Opener) is { IsUsable: true } && EntryAt(Peer) is { IsUsable: true };

    /// <summary>The channel's place on the chain; null before both know it.</summary>
    public ShortChannelId? ShortChannelId => EntryAt(Opener)?.ShortChannelId ?? EntryAt(Peer)?.ShortChannelId;

    /// <summary>What a node has in it, without HTLCs.</summary>
    /// <exception cref="ScenarioException">The node does not have the channel (any more).</exception>
    public MilliSatoshi BalanceOf(string node) =>
        SpecAt(node)?.ToLocal ?? throw _network.Failure($"{node} has no channel {Funding}.");

    /// <summary>A node's state of it, by the state's name; "gone" where it has none (any more).</summary>
    public string StateAt(string node) => EntryAt(node)?.State.GetType().Name ?? "gone";

    /// <summary>A node's present commitment transaction with all signatures: what it would publish to close now. Kept and published later, it is an old one.</summary>
    /// <exception cref="ScenarioException">The node does not have the channel (any more).</exception>
    public Transaction CommitmentOf(string node)
    {
        if (EntryAt(node)?.Funded is not { } funded) throw _network.Failure($"{node} has no channel {Funding}.");
        return _network[node].SignCommitment(funded);
    }

    /// <summary>The channel was closed by this node with its commitment transaction, which is on the chain or waits for it.</summary>
    /// <exception cref="ScenarioException">It was not.</exception>
    public void ShouldBeForceClosedBy(string node)
    {
        var spender = Spender();
        if (spender is null) throw _network.Failure($"{this} is not closed.");
        if (!_network[node].HasPublished(spender.TxId)) throw _network.Failure($"{this} was closed by {spender.TxId}, which {node} has not published.");
    }

    /// <summary>Nothing has spent the funding output.</summary>
    /// <exception cref="ScenarioException">Something has.</exception>
    public void ShouldBeOpen()
    {
        if (Spender() is { } spender) throw _network.Failure($"{this} was closed by {spender.TxId}.");
    }

    /// <summary>What spends the funding output, on the chain or in the mempool; null for nothing.</summary>
    public Transaction? Spender() => _network.Chain.Simulated.FindSpender(Funding) ?? _network.Chain.FindConfirmedSpender(Funding);

    /// <inheritdoc/>
    public override string ToString() => $"The channel of {Opener} and {Peer} ({Funding})";

    internal ChannelEntry? EntryAt(string node) => _network[node].Entry(Funding);

    internal ChannelCommitments? CommitmentsAt(string node) => (EntryAt(node)?.State as FundedState)?.Commitments;

    internal CommitmentSpec? SpecAt(string node) => CommitmentsAt(node)?.Latest.LocalSpec;
}
