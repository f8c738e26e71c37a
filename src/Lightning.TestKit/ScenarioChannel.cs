using Lightning.Actors.Channels;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commitments;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.TestKit;

/// <summary>A channel of a network, seen from both ends.</summary>
public sealed class ScenarioChannel
{
    // An anchor (BOLT 3): worth less than what it costs to take it.
    private static readonly Satoshi AnchorValue = new(330);
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

    /// <summary>The channel was closed by a node with its commitment transaction, which is on the chain or waits for it.</summary>
    /// <param name="by">The node that published it.</param>
    /// <exception cref="ScenarioException">It was not.</exception>
    public void ForceClosed(string by)
    {
        var spender = Spender();
        if (spender is null) throw _network.Failure($"{this} is not closed.");
        if (!IsCommitment(spender)) throw _network.Failure($"{this} was closed by {spender.TxId}, which is no commitment transaction (BOLT 3).");
        if (!_network[by].HasPublished(spender.TxId)) throw _network.Failure($"{this} was closed by {spender.TxId}, which {by} has not published.");
    }

    /// <summary>The channel was closed by this transaction, which is on the chain or waits for it.</summary>
    /// <param name="transaction">A commitment that a node has published, perhaps an old one.</param>
    /// <exception cref="ScenarioException">It was not.</exception>
    public void ShouldBeClosedBy(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (Spender() is not { } spender) throw _network.Failure($"{this} is not closed.");
        if (spender.TxId != transaction.TxId) throw _network.Failure($"{this} was closed by {spender.TxId}, not by {transaction.TxId}.");
    }

    /// <summary>
    /// The channel was closed by a revoked commitment of the other node, and this one has taken all of its outputs (BOLT 5): what was its own, and the rest as
    /// a penalty. All of it is confirmed.
    /// </summary>
    /// <param name="victim">Who punishes.</param>
    /// <exception cref="ScenarioException">The channel is open, the victim closed it itself, an output is left or went elsewhere, or nothing was taken as a penalty.</exception>
    public void ShouldBePunishedBy(string victim)
    {
        var node = _network[victim];
        if (Spender() is not { } commitment) throw _network.Failure($"{this} is not closed.");
        if (node.HasPublished(commitment.TxId)) throw _network.Failure($"{this} was closed by {victim} itself, with {commitment.TxId}.");
        var isPunished = false;
        for (var i = 0; i < commitment.Outputs.Length; i++)
        {
            var (outPoint, value) = (new OutPoint(commitment.TxId, (uint)i), commitment.Outputs[i].Value);
            if (value == AnchorValue) continue;
            if (_network.Chain.FindConfirmedSpender(outPoint) is not { } spender) throw _network.Failure($"{this}: nobody has taken output {outPoint}, {value}.");
            if (!node.HasPublished(spender.TxId)) throw _network.Failure($"{this}: output {outPoint}, {value}, was taken by {spender.TxId}, which {victim} has not published.");
            isPunished |= spender.Inputs.Any(input => input.PreviousOutput == outPoint && IsPenalty(input.Witness));
        }

        if (!isPunished) throw _network.Failure($"{this}: {victim} took only what was its own of {commitment.TxId}.");
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

    // The revocation key's branch (BOLT 3): of to_local's script it is chosen by a one, of an HTLC's by the key.
    private static bool IsPenalty(Witness witness) => witness.Stack is [_, { Length: 1 or 33 }, _];

    // By the two fields that hide the commitment number (BOLT 3).
    internal static bool IsCommitment(Transaction spender) => spender.LockTime >> 24 == 0x20 && spender.Inputs[0].Sequence >> 24 == 0x80;

    internal ChannelEntry? EntryAt(string node) => _network[node].Entry(Funding);

    internal ChannelCommitments? CommitmentsAt(string node) => (EntryAt(node)?.State as FundedState)?.Commitments;

    internal CommitmentSpec? SpecAt(string node) => CommitmentsAt(node)?.Latest.LocalSpec;
}
