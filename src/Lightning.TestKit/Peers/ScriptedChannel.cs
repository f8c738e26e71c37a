using System.Buffers.Binary;
using Lightning.Actors.Hosting;
using Lightning.Actors.Peers;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.TestKit;

/// <summary>
/// A scripted peer's side of a channel (BOLT 2). It knows what an honest peer would say next, and says nothing by itself: what is due waits in
/// <see cref="Outbox"/>, where the test sends it, changes it first, leaves it out or sends something else. What comes from the node counts once the test lets it
/// be heard (<see cref="Hear{T}"/>, <see cref="Run"/>).
/// </summary>
/// <example>
/// <code>
/// var channel = await mallory.OpenTo("alice", 1_000_000.Sat());
/// channel.Add(10_000.Sat(), hash, net.Chain.Height + 100, onion);
/// await channel.SendNext&lt;UpdateAddHtlc&gt;();
/// await channel.SendNext&lt;CommitmentSigned&gt;(signed =&gt; signed with { Signature = channel.WrongSignature });
/// await mallory.ExpectWarning();
/// await mallory.ExpectDisconnect();
/// </code>
/// </example>
public sealed partial class ScriptedChannel : IDisposable
{
    private static readonly FeeEstimates Fees = new(FeeratePerKw.Floor, new(2_500), new(1_000), new(5_000));
    private readonly ScenarioNetwork _network;
    private readonly LocalChannelSigner _signer;
    private readonly LinkedList<LightningMessage> _outbox = new();
    private readonly List<(Type Type, Func<LightningMessage, LightningMessage?> Change)> _changes = [];
    private readonly List<(Type Type, Func<LightningMessage, LightningMessage> Change)> _beliefs = [];
    private readonly List<ChannelAction> _actions = [];
    private readonly ulong _keyIndex;
    private readonly LocalChannelKey _key;
    private ConnectionId _connection;
    private long _connections;
    private uint _attempts;

    internal ScriptedChannel(ScriptedPeer peer, string node)
    {
        (Peer, Node, _network) = (peer, node, peer.Network);
        _keyIndex = (ulong)peer.Channels + 1;
        _key = new LocalChannelKey(0, _keyIndex);
        _signer = new LocalChannelSigner(peer.Seed, _keyIndex, peer.NodeKey);
        ShutdownScript = peer.Wallet.NewAddressAsync(CancellationToken.None).Result.ScriptPubKey;
        _connection = NextConnection();
        peer.Add(this);
    }

    /// <summary>Whose side it is.</summary>
    public ScriptedPeer Peer { get; }

    /// <summary>The node on the other side.</summary>
    public string Node { get; }

    /// <summary>What an honest peer would know of the channel.</summary>
    public ChannelState State { get; private set; } = ChannelState.Empty;

    /// <summary>What an honest peer would know of the channel's commitments.</summary>
    /// <exception cref="ScenarioException">It is not funded.</exception>
    public ChannelCommitments Commitments => State is FundedState funded ? funded.Commitments : throw Peer.Failure($"has no funded channel: it is {State.GetType().Name}");

    /// <summary>What an honest peer would send now, oldest first.</summary>
    public IReadOnlyCollection<LightningMessage> Outbox => _outbox;

    /// <summary>The id on the wire: the temporary one until <c>funding_created</c>.</summary>
    /// <exception cref="ScenarioException">There is none yet.</exception>
    public ChannelId Id => State.Id ?? throw Peer.Failure("has no channel id yet");

    /// <summary>The funding output.</summary>
    /// <exception cref="ScenarioException">There is none yet.</exception>
    public OutPoint Funding => Commitments.Latest.Funding.OutPoint;

    /// <summary>Where the funding output is on the chain.</summary>
    /// <exception cref="ScenarioException">The channel cannot be used yet.</exception>
    public ShortChannelId ShortChannelId => State is Normal normal ? normal.ShortChannelId : throw Peer.Failure($"has a channel that is {State.GetType().Name}");

    /// <summary>The keys of the channel: whatever can be signed can be signed wrongly.</summary>
    public IChannelSigner Signer => _signer;

    /// <summary>Where this side's money goes at a mutual close.</summary>
    public Script ShutdownScript { get; }

    /// <summary>What was decided besides messages, oldest first: transactions to publish, HTLCs that came in, results of those that went out.</summary>
    public IReadOnlyList<ChannelAction> Actions => _actions;

    /// <summary>Whether the funding transaction is published as soon as the node has signed; otherwise the test does that.</summary>
    public bool PublishesFunding { get; set; } = true;

    /// <summary>Makes the funding transaction pay something else than was agreed; null for what was agreed.</summary>
    public Func<TxOut, TxOut>? FundingOutput { get; set; }

    /// <summary>The index of the funding output that <c>funding_created</c> names; the real one is always 0.</summary>
    public ushort FundingIndex { get; set; }

    /// <summary>The output that <c>funding_created</c> names in place of the real one, be it of another channel; null for the real one.</summary>
    public OutPoint? FundingNamed { get; set; }

    /// <summary>The funding transaction, where this side made it.</summary>
    public Transaction? FundingTransaction { get; private set; }

    /// <summary>A well-formed signature of nothing in the channel.</summary>
    public EcdsaSignature WrongSignature => Peer.NodeKey.Sign(Hashes.Sha256("wrong"u8));

    /// <summary>This side's present commitment with both signatures (BOLT 3). Kept and published later, it is an old one.</summary>
    /// <exception cref="ScenarioException">The node has not signed one.</exception>
    public Transaction Commitment => Commitments.Broadcastable(_signer) ?? throw Peer.Failure("has no signed commitment");

    /// <summary>This side's present commitment, to be published and spent now or later, when it is an old one.</summary>
    /// <exception cref="ScenarioException">The node has not signed one.</exception>
    public ScriptedCommitment Keep() =>
        new(Commitments.CurrentLocal(_signer), Commitments.Latest.LocalSignatures ?? throw Peer.Failure("has no signed commitment"), _signer, ShutdownScript);

    /// <summary>The node's commitment that spends the funding output: its present one, or the one before where the node has not revoked it.</summary>
    /// <exception cref="ScenarioException">Nothing spends it, or something else.</exception>
    public ScriptedCommitment Published()
    {
        var spender = Spender() ?? throw Peer.Failure("sees no spend of the funding output");
        var commitments = Commitments;
        CommitmentTransaction?[] known = [ForceClosing.CurrentRemote(commitments), ForceClosing.NextRemote(commitments)];
        var one = known.FirstOrDefault(commitment => commitment?.TxId == spender.TxId) ?? throw Peer.Failure($"does not know {spender.TxId} for a commitment of {Node}");
        return new ScriptedCommitment(one, signatures: null, _signer, ShutdownScript);
    }

    /// <summary>The next message is of this kind; it is taken out of the outbox, and not sent.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <exception cref="ScenarioException">Another one is due, or none.</exception>
    public T Take<T>()
        where T : LightningMessage
    {
        if (_outbox.First is not { } first) throw Peer.Failure($"has nothing to send: {typeof(T).Name} is not due");
        if (first.Value is not T wanted) throw Peer.Failure($"would send {first.Value.GetType().Name} next, not {typeof(T).Name}");
        _outbox.RemoveFirst();
        return wanted;
    }

    /// <summary>Sends the next message, which is of this kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="change">What is changed before; null for nothing. The honest side does not learn of it.</param>
    /// <returns>What was sent.</returns>
    /// <exception cref="ScenarioException">Another one is due, or none.</exception>
    public async Task<T> SendNext<T>(Func<T, T>? change = null)
        where T : LightningMessage
    {
        var message = Take<T>();
        if (change is not null) message = change(message);
        await Peer.Send(message).ConfigureAwait(false);
        return message;
    }

    /// <summary>Sends all that is due.</summary>
    public async Task SendAll()
    {
        while (_outbox.First is { } first && Peer.IsConnected)
        {
            _outbox.RemoveFirst();
            if (Changed(first.Value) is { } message) await Peer.Send(message).ConfigureAwait(false);
        }

        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>The node's next message is of this kind, and the honest side hears it.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="predicate">What else must hold of it; null for nothing.</param>
    /// <exception cref="ScenarioException">Another one came, or none.</exception>
    public async Task<T> Hear<T>(Func<T, bool>? predicate = null)
        where T : LightningMessage
    {
        var message = await Peer.Expect(predicate).ConfigureAwait(false);
        Hear(message);
        return message;
    }

    /// <summary>The honest side hears a message, whether the node has sent it or not.</summary>
    public void Hear(LightningMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var index = _beliefs.FindIndex(belief => belief.Type.IsInstanceOfType(message));
        if (index >= 0) message = _beliefs[index].Change(message);
        Do(new ChannelCommand.PeerMessages(_connection, [message]));
    }

    /// <summary>Goes on honestly until neither side has anything more to say. What is about other channels stays unread.</summary>
    public async Task Run()
    {
        do
        {
            await SendAll().ConfigureAwait(false);
            while (Peer.Read(IsMine) is { } message) Hear(message);
        }
        while (_outbox.Count > 0 && Peer.IsConnected);
    }

    /// <summary>The next message of a kind that <see cref="Run"/> or <see cref="SendAll"/> sends is another.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="change">What is sent in its place; null for nothing. The honest side does not learn of it.</param>
    public void Change<T>(Func<T, LightningMessage?> change)
        where T : LightningMessage => _changes.Add((typeof(T), message => change((T)message)));

    /// <summary>
    /// Every message of a kind is heard as another. So the honest side can be made to keep to other limits than the node asks for, and to offer and sign what it may not.
    /// </summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="change">What the honest side hears.</param>
    public void Believe<T>(Func<T, T> change)
        where T : LightningMessage => _beliefs.Add((typeof(T), message => change((T)message)));

    /// <summary>Mines until the funding transaction is as deep as both want and the node knows it, and goes on honestly.</summary>
    /// <exception cref="ScenarioException">The transaction is not published, or the node does not learn of it.</exception>
    public async Task Confirm()
    {
        await MineFunding().ConfigureAwait(false);
        TellConfirmed();
        await Run().ConfigureAwait(false);
    }

    /// <summary>Mines until the funding transaction is deep enough and the node knows it. The honest side does not learn of it.</summary>
    /// <exception cref="ScenarioException">The transaction is not published, or the node does not learn of it.</exception>
    public async Task MineFunding()
    {
        var id = Funding.TxId;
        await _network.Until(() => _network.Chain.Simulated.Confirmations(id) is not null, "the funding transaction is published").ConfigureAwait(false);
        await _network.Chain.Confirm(id, (int)Commitments.Parameters.MinimumDepth).ConfigureAwait(false);
        await _network.Until(() => StateAtNode != nameof(WaitForFundingConfirmed), $"{Node} sees the funding transaction confirmed").ConfigureAwait(false);
    }

    /// <summary>The honest side learns that the funding transaction is confirmed: <c>channel_ready</c> is due.</summary>
    public void TellConfirmed()
    {
        var id = Funding.TxId;
        for (var height = _network.Chain.Height; height > 0; height--)
        {
            var block = _network.Chain.Simulated.GetBlockAsync(height, CancellationToken.None).Result;
            for (var index = 0; index < block!.Transactions.Length; index++)
            {
                if (block.Transactions[index].TxId != id) continue;
                Do(new ChannelCommand.FundingConfirmed(block.Transactions[index], height, (uint)index));
                return;
            }
        }

        throw Peer.Failure($"finds no block with the funding transaction {id}");
    }

    /// <summary>The honest side decides something, as an operator or a payment asks it to.</summary>
    public void Do(ChannelCommand command)
    {
        var decision = Channel.Decide(State, command, _signer, new ChannelEnvironment(_network.Chain.Height, _network.Now, Fees with { Commitment = Peer.Options.Feerate }, Peer.Options.Channels));
        State = decision.State;
        foreach (var action in decision.AtOnce) Perform(action);
        foreach (var action in decision.Actions) Perform(action);
    }

    /// <inheritdoc/>
    public void Dispose() => _signer.Dispose();

    internal void Open(Satoshi capacity, MilliSatoshi push, bool announce)
    {
        var features = Common();
        Do(new ChannelCommand.OpenAsInitiator(
            _key,
            _keyIndex,
            _network[Node].Id,
            _connection,
            features,
            new ChannelId(Peer.Randomness.NextBytes32()),
            capacity,
            push,
            features.HasFlag(ChannelFeatures.Anchors) ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey,
            announce,
            FeeratePerKw.Floor,
            ShutdownScript));
        if (_actions.OfType<ChannelAction.CommandRefused>().LastOrDefault() is { } refused) throw Peer.Failure($"cannot open such a channel: {refused.Detail}");
    }

    internal void Accept(OpenChannel open) =>
        Do(new ChannelCommand.AcceptOpen(_key, _keyIndex, _network[Node].Id, _connection, Common(), open, ShutdownScript));

    internal void Connected(NodeId node)
    {
        if (!_network.Nodes.Any(known => known.Name == Node && known.Id == node)) return;
        _connection = NextConnection();
        _outbox.Clear();
        Do(new ChannelCommand.Connected(_connection, _connections, Common()));
    }

    internal void Disconnected()
    {
        Do(new ChannelCommand.Disconnected(_connection));
        _outbox.Clear();
    }

    private bool IsMine(LightningMessage message) => message switch
    {
        Error error => error.IsConnectionWide || IsId(error.ChannelId),
        Warning warning => warning.IsConnectionWide || IsId(warning.ChannelId),
        IChannelMessage about => IsId(about.ChannelId),
        ITemporaryChannelMessage about => IsId(about.TemporaryChannelId),
        _ => false,
    };

    // funding_signed is the first with the final id.
    private bool IsId(ChannelId id) => State.Id == id || State.Parameters?.TemporaryId == id;

    private ConnectionId NextConnection()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, ++_connections);
        return new ConnectionId(new Guid(bytes));
    }

    private ChannelFeatures Common() => FeatureTranslation.Common(Peer.Options.Features, Peer.RemoteInit.AllFeatures);

    private LightningMessage? Changed(LightningMessage message)
    {
        var index = _changes.FindIndex(change => change.Type.IsInstanceOfType(message));
        if (index < 0) return message;
        var change = _changes[index].Change;
        _changes.RemoveAt(index);
        return change(message);
    }

    private void Perform(ChannelAction action)
    {
        switch (action)
        {
            case ChannelAction.Send { Message: ChannelUpdate or AnnouncementSignatures } when !Peer.Options.TellsGossip:
                return;
            case ChannelAction.Send send:
                _outbox.AddLast(send.Message);
                return;
            case ChannelAction.RequestFunding request:
                _actions.Add(action);
                var agreed = new TxOut(request.Amount, request.Script);
                FundingTransaction = MakeFunding(FundingOutput?.Invoke(agreed) ?? agreed);
                if (FundingNamed is null && FundingIndex == 0 && FundingTransaction.Outputs[0] == agreed) Do(new ChannelCommand.FundingMade(FundingTransaction, 0));
                else FundWrongly(FundingTransaction);
                return;
            case ChannelAction.Publish { Purpose: TransactionPurpose.Funding } publish when PublishesFunding:
                _network.Chain.Broadcast(publish.Transaction);
                break;
        }

        _actions.Add(action);
    }

    // An honest peer would not: it is made to believe that the outpoint is what was agreed.
    private void FundWrongly(Transaction transaction)
    {
        var opening = (WaitForFundingTransaction)State;
        var named = FundingNamed ?? new OutPoint(transaction.TxId, FundingIndex);
        var funding = new FundingOutput(named, opening.Open.Amount);
        State = State.Apply(new DurableEvent.FundingCreated(
            opening.Agreed, funding, opening.Open.Push, opening.Feerate, opening.RemoteFirstPoint, transaction, _network.Chain.Height));
        var remote = Commitments.Remote(Commitments.Latest, Commitments.Latest.RemoteSpec, 0, Commitments.RemotePoint);
        _outbox.AddLast(new FundingCreated(opening.Agreed.TemporaryId, named.TxId, (ushort)named.Index, _signer.SignRemoteCommitment(remote).Commitment));
    }

    // From a coin of the peer's own, so that the transaction is known, and published by nobody, before the node has signed.
    private Transaction MakeFunding(TxOut output)
    {
        var fee = new Satoshi(10_000);
        var script = Peer.Wallet.NewAddressAsync(CancellationToken.None).Result.ScriptPubKey;
        var coin = _network.Chain.Simulated.Fund(script, output.Value + fee);
        var unsigned = new Transaction(2, [new TxIn(new OutPoint(coin.TxId, 0), Script.Empty, 0xFFFFFFFD, Witness.Empty)], [output], 0);
        return Peer.Wallet.SignAsync(unsigned, [coin.Outputs[0]], CancellationToken.None).Result;
    }
}
