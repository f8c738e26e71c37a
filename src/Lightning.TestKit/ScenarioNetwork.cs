using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.TestKit.Charts;
using Lightning.TestKit.Links;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit;

/// <summary>
/// A network of whole nodes in this process: real actors, journals and protocol on a simulated chain, with a clock that only the test moves.
/// One thing happens after another, in an order that is the same in every run (but for <see cref="ScenarioLinks.Tcp"/>). Not thread-safe: one test, one network.
/// </summary>
public sealed partial class ScenarioNetwork : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, ScenarioNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<ScenarioChannel> _channels = [];

    internal ScenarioNetwork(ScenarioOptions options)
    {
        Options = options;
        Loop = new SimulationLoop(options.IsShuffled ? options.Seed : null);
        Story = new Story(Loop.Time);
        Sockets = options.Links == ScenarioLinks.Tcp ? new TcpConnections(Loop, Story) : null;
        Wires = new MemoryNetwork(Loop, Story, Sockets);
        Chain = new ScenarioChain(this, new VirtualClock(Loop.Time));
        Chain.Simulated.Mine(110);
    }

    /// <summary>How it was made.</summary>
    public ScenarioOptions Options { get; }

    /// <summary>Its chain.</summary>
    public ScenarioChain Chain { get; }

    /// <summary>Its nodes, in the order in which they were added.</summary>
    public IReadOnlyCollection<ScenarioNode> Nodes => _nodes.Values;

    /// <summary>The channels that <see cref="OpenChannel"/> has opened.</summary>
    public IReadOnlyList<ScenarioChannel> Channels => _channels;

    /// <summary>What time it is.</summary>
    public DateTimeOffset Now => VirtualTime.Epoch + Loop.Time.Elapsed;

    internal SimulationLoop Loop { get; }

    internal Story Story { get; }

    internal MemoryNetwork Wires { get; }

    /// <summary>The connections between nodes where they are TCP; null where they are in memory.</summary>
    internal TcpConnections? Sockets { get; }

    /// <summary>A node by its name.</summary>
    /// <exception cref="ScenarioException">There is none of that name.</exception>
    public ScenarioNode this[string name] => _nodes.TryGetValue(name, out var node)
        ? node
        : throw new ScenarioException($"There is no node '{name}'; there are {string.Join(", ", _nodes.Keys)}.");

    /// <summary>The wire between two nodes, or a node and a scripted peer.</summary>
    public ScenarioLink Link(string one, string other) => Wires.Between(Known(one), Known(other));

    /// <summary>Starts one more node.</summary>
    public async Task<ScenarioNode> AddNode(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (_nodes.ContainsKey(name) || _peers.ContainsKey(name)) throw new ScenarioException($"There is a node '{name}' already.");
        var node = new ScenarioNode(this, name);
        _nodes.Add(name, node);
        await node.Start().ConfigureAwait(false);
        return node;
    }

    /// <summary>Connects two nodes; the first calls the second, and again whenever the connection is lost. Either may be a scripted peer, which calls only once.</summary>
    public async Task Connect(string from, string to)
    {
        if (Link(from, to).IsConnected) return;
        if (_peers.TryGetValue(from, out var peer))
        {
            await peer.Connect(to).ConfigureAwait(false);
            return;
        }

        var (caller, called) = (this[from], AddressOf(to));
        await Complete(
            async () =>
            {
                await caller.Api.ConnectPeerAsync(called).ConfigureAwait(false);
                return true;
            },
            $"{from} connects to {to}").ConfigureAwait(false);
    }

    /// <summary>Opens a channel, connecting the nodes and funding the opener's wallet first where need be, and mines until both can use it.</summary>
    /// <param name="from">Who opens and pays for it.</param>
    /// <param name="to">The peer.</param>
    /// <param name="capacity">All of it the opener's, but for what is pushed.</param>
    /// <param name="push">Given to the peer at the start.</param>
    /// <param name="isPrivate">Whether the network is not told of it.</param>
    public async Task<ScenarioChannel> OpenChannel(string from, string to, Satoshi capacity, MilliSatoshi push = default, bool isPrivate = false)
    {
        var (opener, peer) = (this[from], this[to]);
        await FundFor(opener, capacity).ConfigureAwait(false);
        await Connect(from, to).ConfigureAwait(false);
        var request = new OpenChannelRequest { Peer = peer.Id, Capacity = capacity, Push = push, IsPrivate = isPrivate };
        var funding = await Complete(() => opener.Api.OpenChannelAsync(request), $"{from} opens a channel to {to}").ConfigureAwait(false);
        await Until(() => Chain.Simulated.Confirmations(funding.TxId) is not null, "the funding transaction is published").ConfigureAwait(false);
        await Chain.Mine(6).ConfigureAwait(false);
        var channel = new ScenarioChannel(this, funding, from, to, capacity, isPrivate);
        _channels.Add(channel);
        await Until(() => channel.IsUsable, $"{from} and {to} can use their channel").ConfigureAwait(false);
        return channel;
    }

    /// <summary>Lets everything happen that can without time passing.</summary>
    public Task Rest() => Explained(Loop.RestAsync());

    /// <summary>Mines blocks; see <see cref="ScenarioChain.Mine"/>.</summary>
    public Task Mine(int blocks = 1) => Chain.Mine(blocks);

    /// <summary>Lets time pass, without blocks.</summary>
    public Task Advance(TimeSpan span) => Explained(Loop.AdvanceAsync(span));

    /// <summary>Lets time pass with a block every ten minutes.</summary>
    /// <param name="blocks">How many.</param>
    public async Task AdvanceBlocks(int blocks = 1)
    {
        for (var i = 0; i < blocks; i++)
        {
            await Advance(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
            await Mine().ConfigureAwait(false);
        }
    }

    /// <summary>A week passes: 1,008 blocks.</summary>
    public Task AdvanceWeek() => AdvanceBlocks(7 * 24 * 6);

    /// <summary>Waits, in the network's time, until a condition holds.</summary>
    /// <param name="condition">Looked at whenever nothing more happens by itself.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="limit">In the network's time; null for ten minutes.</param>
    /// <exception cref="ScenarioException">It does not come to hold.</exception>
    public async Task Until(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var patience = limit ?? Patience;
        if (!await Explained(Loop.UntilAsync(condition, patience)).ConfigureAwait(false)) throw Failure($"It did not come about within {patience} that {what}.");
    }

    /// <summary>
    /// The two ends of every channel whose funding is unspent agree with each other, and hold together what was put in. Nodes that do not run are not asked;
    /// money on the chain is not counted: see <see cref="ScenarioNode.WalletBalance"/>.
    /// </summary>
    /// <exception cref="ScenarioException">One does not.</exception>
    public void BalancesAddUp()
    {
        foreach (var channel in _channels)
        {
            if (!this[channel.Opener].IsRunning || !this[channel.Peer].IsRunning || channel.Spender() is not null) continue;
            var one = channel.SpecAt(channel.Opener) ?? throw Failure($"{channel}: {channel.Opener} does not know of it.");
            var other = channel.SpecAt(channel.Peer) ?? throw Failure($"{channel}: {channel.Peer} does not know of it.");
            if (one.Total != channel.Capacity.ToMilliSatoshi()) throw Failure($"{channel}: {channel.Opener} sees {one.Total} in it.");
            if (!one.Equals(other.Mirrored())) throw Failure($"{channel}: {channel.Opener} sees {one}, {channel.Peer} sees {other}.");
        }
    }

    /// <summary>No channel holds an HTLC.</summary>
    /// <exception cref="ScenarioException">One does.</exception>
    public void NoHtlcPending()
    {
        foreach (var channel in _channels)
        {
            foreach (var name in (ReadOnlySpan<string>)[channel.Opener, channel.Peer])
            {
                if (channel.CommitmentsAt(name) is { } commitments && !commitments.IsQuiet) throw Failure($"{channel}: something is pending at {name}.");
            }
        }
    }

    /// <summary>What has happened, as a chart for a terminal.</summary>
    public string Chart() => Story.ToText();

    /// <summary>What has happened, as a Mermaid sequence diagram for a report.</summary>
    public string MermaidChart() => Story.ToMermaid();

    /// <summary>Ends it. Where no expectation has failed before, <see cref="LedgersAddUp"/> is the last.</summary>
    /// <exception cref="ScenarioException">A ledger does not add up.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_hasFailed) LedgersAddUp();
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }
    }

    private async Task EndAsync()
    {
        // Sockets use the keys until they are closed.
        foreach (var node in _nodes.Values) node.KillAll();
        if (Sockets is not null) await Sockets.ClosedAsync().ConfigureAwait(false);
        foreach (var node in _nodes.Values) await node.DisposeAsync().ConfigureAwait(false);
        foreach (var peer in _peers.Values) peer.Dispose();
    }

    /// <summary>Gives a node what an opening costs, and what it keeps for the fees of closing its channels by force, where its wallet does not have that.</summary>
    internal async Task FundFor(ScenarioNode opener, Satoshi capacity)
    {
        var channels = _channels.Count(channel => channel.Opener == opener.Name || channel.Peer == opener.Name) + 1;
        var needed = capacity + Satoshi.Max(new Satoshi(100_000), (opener.Policy.AnchorReservePerChannel * channels) + new Satoshi(20_000));
        if ((await opener.WalletBalance().ConfigureAwait(false)).Confirmed < needed) await opener.Fund(needed).ConfigureAwait(false);
    }

    internal Task<T> Complete<T>(Func<Task<T>> operation, string what, TimeSpan? limit = null) => Explained(Loop.CompleteAsync(operation, limit ?? Patience, what));

    internal ScenarioException Failure(string message, Exception? cause = null)
    {
        _hasFailed = true;
        return new ScenarioException($"{message}\n\n{Chart()}", cause);
    }

    internal void WakeChains()
    {
        foreach (var node in _nodes.Values) node.WakeChain();
    }

    private async Task Explained(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (ScenarioException e)
        {
            throw Failure(e.Message, e);
        }
    }

    // What goes wrong inside is told together with what led to it.
    private async Task<T> Explained<T>(Task<T> task)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (ScenarioException e)
        {
            throw Failure(e.Message, e);
        }
    }
}
