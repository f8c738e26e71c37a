using System.Net;
using System.Security.Cryptography;
using System.Text;
using Lightning.Actors.Api;
using Lightning.Actors.Charts;
using Lightning.Actors.Connections;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Keys;
using Lightning.Chain.Simulated;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Links;
using Lightning.TestKit.Simulation;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.TestKit;

/// <summary>
/// A Lightning peer that does only what the test says: the handshake (BOLT 8) and <c>init</c> (BOLT 1) are done for it, everything else it sends and
/// expects is the test's. It can call nodes and be called, and has one connection at a time: the newest. For its side of a channel there is <see cref="ScriptedChannel"/>.
/// </summary>
/// <remarks>No time passes unless a method is given a limit: what is expected must have come by itself, or come within the limit of the network's time.</remarks>
/// <example>
/// <code>
/// var mallory = await net.AddScriptedPeer("mallory");
/// await mallory.Connect("alice");
/// await mallory.SendRaw(3, []);
/// await mallory.ExpectNothing();
/// </code>
/// </example>
public sealed partial class ScriptedPeer
{
    private readonly ScenarioNetwork _network;
    private readonly SimulatedProcess _process;
    private readonly IPeerNetwork _calls;
    private readonly IPeerListener _listener;
    private readonly List<LightningMessage> _received = [];
    private readonly Queue<LightningMessage> _unread = new();
    private readonly List<ScriptedChannel> _channels = [];
    private MemoryLinkEnd? _link;
    private string _ended = "it never was";

    internal ScriptedPeer(ScenarioNetwork network, string name, ScriptedPeerOptions options)
    {
        (_network, Name, Options) = (network, name, options);
        Seed = SHA512.HashData(Encoding.UTF8.GetBytes($"{name} {network.Options.Seed}"));
        Keys = NodeKeys.FromSeed(Seed);
        Wallet = new SimulatedWallet(network.Chain.Simulated, ExtKey.FromSeed(SHA512.HashData(Encoding.UTF8.GetBytes($"{name} {network.Options.Seed} wallet"))));
        Randomness = new SeededRandomness($"{name} {network.Options.Seed} peer");
        _process = new SimulatedProcess(name, network.Loop);
        _calls = network.Wires.For(name, Id, _process, First);
        _listener = _calls.Listen(new IPEndPoint(IPAddress.Loopback, network.Wires.FreePort()), call => _ = Answer(call));
    }

    /// <summary>Its name in the network.</summary>
    public string Name { get; }

    /// <summary>Its node id.</summary>
    public NodeId Id => Keys.NodeId;

    /// <summary>Where it is called.</summary>
    public PeerAddress Address => new(Id, "127.0.0.1", _listener.EndPoint.Port);

    /// <summary>How it presents itself; changes count from the next connection on.</summary>
    public ScriptedPeerOptions Options { get; set; }

    /// <summary>Its node key: it may sign and decrypt whatever it likes.</summary>
    public Key NodeKey => Keys.NodeKey;

    /// <summary>Whether it is connected now.</summary>
    public bool IsConnected => _link is not null;

    /// <summary>The node it is, or was last, connected to; null for none.</summary>
    public string? ConnectedTo { get; private set; }

    /// <summary>What it has heard on all connections, oldest first, the nodes' <c>init</c> included.</summary>
    public IReadOnlyList<LightningMessage> Received => _received;

    /// <summary>What has come and was not expected yet, oldest first.</summary>
    public IReadOnlyCollection<LightningMessage> Unread => _unread;

    /// <summary>The newest node's <c>init</c>.</summary>
    public Init RemoteInit => _received.OfType<Init>().LastOrDefault() ?? throw Failure("has never been connected");

    internal ScenarioNetwork Network => _network;

    internal byte[] Seed { get; }

    internal NodeKeys Keys { get; }

    internal SimulatedWallet Wallet { get; }

    internal SeededRandomness Randomness { get; }

    internal int Channels => _channels.Count;

    private Init Init => new(FeatureSet.Empty, Options.Features) { Networks = EquatableArray.Create<BlockHash>([_network.Chain.Simulated.Network.GenesisHash]) };

    /// <summary>Calls a node. What was not read of an earlier connection is gone.</summary>
    /// <param name="node">Its name.</param>
    /// <exception cref="ScenarioException">It does not answer.</exception>
    public async Task Connect(string node)
    {
        var address = _network[node].Address;
        try
        {
            var link = await _network.Complete(() => _calls.DialAsync(address.NodeId, address.Host, address.Port, Init, CancellationToken.None), $"{Name} calls {node}").ConfigureAwait(false);
            Take((MemoryLinkEnd)link);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw Failure($"cannot connect to {node}: {e.Message}", e);
        }

        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>Closes the connection; what was sent before still arrives.</summary>
    public async Task Disconnect()
    {
        if (_link is { } link)
        {
            await link.DisposeAsync().ConfigureAwait(false);
            End("it closed it");
        }

        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>Closes the connection if there is one, and calls the same node again.</summary>
    public async Task Reconnect()
    {
        await Disconnect().ConfigureAwait(false);
        await Connect(ConnectedTo ?? throw Failure("has never been connected")).ConfigureAwait(false);
    }

    /// <summary>Sends messages, one right after the other so that the node may find them together, and lets everything happen that can without time passing.</summary>
    /// <exception cref="ScenarioException">It is not connected.</exception>
    public async Task Send(params LightningMessage[] messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages) Current().TrySend(message);
        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>Sends a message of any type with any content.</summary>
    /// <param name="type">Its type (BOLT 1).</param>
    /// <param name="payload">What follows the type.</param>
    /// <exception cref="ScenarioException">It is not connected.</exception>
    public Task SendRaw(ushort type, ReadOnlySpan<byte> payload) => SendRaw([(byte)(type >> 8), (byte)type, .. payload]);

    /// <summary>Sends bytes in place of a message, authenticated and encrypted as one.</summary>
    /// <param name="bytes">A whole message with its type, or what is none.</param>
    /// <exception cref="ScenarioException">It is not connected.</exception>
    public async Task SendRaw(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        Current().SendRaw(bytes);
        await _network.Rest().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Id})";

    internal void Add(ScriptedChannel channel) => _channels.Add(channel);

    internal ScenarioException Failure(string what, Exception? cause = null) => _network.Failure($"{Name} {what}.", cause);

    internal void Dispose()
    {
        _process.Dispose();
        Wallet.Dispose();
        Keys.Dispose();
        foreach (var channel in _channels) channel.Dispose();
    }

    private byte[] First(Init init) => Options.FirstBytes is { } bytes ? bytes.Span.ToArray() : Protocol.Wire.MessageCodec.Encode(Options.Init?.Invoke(init) ?? init);

    private async Task Answer(IPeerCall call)
    {
        try
        {
            Take((MemoryLinkEnd)await call.AnswerAsync(Init, CancellationToken.None).ConfigureAwait(false));
        }
        catch (IOException e)
        {
            _network.Story.Note(Name, $"does not come to talk to who called: {e.Message}");
        }
    }

    private void Take(MemoryLinkEnd link)
    {
        if (_link is { } before)
        {
            _ = before.DisposeAsync();
            End("there is a newer one");
        }

        _unread.Clear();
        _link = link;
        ConnectedTo = _network.Nodes.FirstOrDefault(node => node.Id == link.Remote)?.Name;
        _received.Add(link.RemoteInit);
        foreach (var channel in _channels) channel.Connected(link.Remote);
        link.Start(int.MaxValue, message => Hear(link, message), reason =>
        {
            if (_link == link) End(reason);
        });
    }

    private void End(string reason)
    {
        (_link, _ended) = (null, reason);
        foreach (var channel in _channels) channel.Disconnected();
    }

    private void Hear(MemoryLinkEnd link, LightningMessage message)
    {
        if (_link != link) return;
        _received.Add(message);
        switch (message)
        {
            case Ping ping when Options.AnswersPings:
                if (ping.PongLength < Ping.NoPong) link.TrySend(new Pong(Bytes.Wrap(new byte[ping.PongLength])));
                break;
            case Ping or Pong:
                break;
            case AnnouncementSignatures or ChannelAnnouncement or NodeAnnouncement or ChannelUpdate or GossipTimestampFilter or QueryChannelRange or ReplyChannelRange or QueryShortChannelIds or ReplyShortChannelIdsEnd
                when !Options.HearsGossip:
                break;
            default:
                _unread.Enqueue(message);
                break;
        }
    }

    private MemoryLinkEnd Current() => _link ?? throw Failure($"is not connected ({_ended})");

    private static string Text(LightningMessage message) => message switch
    {
        Error error => $"error \"{error.Text}\"",
        Warning warning => $"warning \"{warning.Text}\"",
        _ => $"{message.GetType().Name} ({Describe.Message(message)})",
    };
}
