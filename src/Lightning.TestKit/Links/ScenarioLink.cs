using System.Runtime.CompilerServices;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Links;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit;

/// <summary>
/// The wire between two nodes, and what can go wrong with it. Without orders messages arrive at once and in order. A cut ends the connection;
/// the nodes connect again by themselves as soon as they may. Where the network's links are TCP (<see cref="ScenarioLinks.Tcp"/>) only <see cref="IsConnected"/>
/// is known: every order, and <see cref="Waiting"/>, is a <see cref="ScenarioException"/>.
/// </summary>
public sealed class ScenarioLink
{
    private readonly SimulationLoop _loop;
    private readonly LinkObserver _observer;
    private readonly List<Rule> _rules = [];
    private readonly HashSet<string> _deaf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _latency = new(StringComparer.Ordinal);
    private readonly List<(MemoryLinkEnd One, MemoryLinkEnd Other)> _connections = [];
    private readonly TcpConnections? _sockets;
    private bool _isHeld;
    private bool _isDown;
    private Random? _reordering;

    internal ScenarioLink(string one, string other, SimulationLoop loop, LinkObserver observer, TcpConnections? sockets = null) =>
        (One, Other, _loop, _observer, _sockets) = (one, other, loop, observer, sockets);

    /// <summary>A node's name.</summary>
    public string One { get; }

    /// <summary>The other node's name.</summary>
    public string Other { get; }

    /// <summary>Whether the nodes are connected now.</summary>
    public bool IsConnected => _sockets?.AreConnected(One, Other) ?? _connections.Exists(static now => !now.One.IsClosed && !now.Other.IsClosed);

    /// <summary>Whether nobody gets through.</summary>
    public bool IsDown => _isDown;

    /// <summary>How many connections there were.</summary>
    internal int Connections { get; private set; }

    /// <summary>The messages on their way from a node, oldest first.</summary>
    public IReadOnlyList<LightningMessage> Waiting(string from)
    {
        InMemory();
        OneOfUs(from);
        return From(from) is { } end ? [.. end.Outgoing.Select(static parcel => parcel.Message)] : [];
    }

    /// <summary>Keeps messages on their way until <see cref="Deliver"/> or <see cref="Release"/>.</summary>
    public void Hold()
    {
        InMemory();
        _isHeld = true;
    }

    /// <summary>Lets messages arrive by themselves again.</summary>
    public void Release()
    {
        InMemory();
        _isHeld = false;
        PumpAll();
        _loop.Run();
    }

    /// <summary>Lets messages arrive that are held.</summary>
    /// <param name="from">Who sent them.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>How many there were.</returns>
    public int Deliver(string from, int count = 1)
    {
        InMemory();
        OneOfUs(from);
        var delivered = 0;
        for (; delivered < count && From(from) is { Outgoing.Count: > 0 } end && end.Other.CanHear; delivered++)
        {
            DeliverNext(end);
            _loop.Run();
        }

        return delivered;
    }

    /// <summary>Ends the connection; what is on its way is lost.</summary>
    public void Cut()
    {
        InMemory();
        CutNow("the wire was cut");
        _loop.Run();
    }

    /// <summary>Ends the connection, and lets none come about until <see cref="Up"/>.</summary>
    public void Down()
    {
        InMemory();
        _isDown = true;
        Cut();
    }

    /// <summary>Connections may come about again; the nodes try from time to time.</summary>
    public void Up()
    {
        InMemory();
        _isDown = false;
    }

    /// <summary>How many messages have met the trouble that was ordered for one.</summary>
    public int Faults { get; private set; }

    /// <summary>Lets the next messages of a kind get lost, as only a faulty peer can.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="from">Who sends them.</param>
    /// <param name="count">How many.</param>
    /// <param name="after">So many arrive before.</param>
    public void Drop<T>(string from, int count = 1, int after = 0)
        where T : LightningMessage => Order<T>(from, Effect.Drop, count, after, nameof(Drop));

    /// <summary>Cuts the wire at the next message of a kind: it and all after it are lost.</summary>
    /// <typeparam name="T">The kind; <see cref="LightningMessage"/> for any.</typeparam>
    /// <param name="from">Who sends it.</param>
    /// <param name="isDelivered">Whether that message itself still arrives.</param>
    /// <param name="after">So many arrive before.</param>
    public void CutAt<T>(string from, bool isDelivered = false, int after = 0)
        where T : LightningMessage => Order<T>(from, isDelivered ? Effect.CutAfter : Effect.Cut, 1, after, nameof(CutAt));

    /// <summary>Changes a bit of the next message of a kind on its way: the receiver cannot authenticate it (BOLT 8) and closes the connection.</summary>
    /// <typeparam name="T">The kind; <see cref="LightningMessage"/> for any.</typeparam>
    /// <param name="from">Who sends it.</param>
    /// <param name="after">So many arrive before.</param>
    public void Garble<T>(string from, int after = 0)
        where T : LightningMessage => Order<T>(from, Effect.Garble, 1, after, nameof(Garble));

    /// <summary>How long a node's messages are on their way.</summary>
    /// <param name="from">Who sends them.</param>
    /// <param name="latency">In the network's time.</param>
    public void Delay(string from, TimeSpan latency)
    {
        InMemory();
        OneOfUs(from);
        _latency[from] = latency;
    }

    /// <summary>A node reads nothing of what it is sent until <see cref="StartReading"/>.</summary>
    public void StopReading(string node)
    {
        InMemory();
        OneOfUs(node);
        _deaf.Add(node);
    }

    /// <summary>The node reads again.</summary>
    public void StartReading(string node)
    {
        InMemory();
        OneOfUs(node);
        _deaf.Remove(node);
        PumpAll();
        _loop.Run();
    }

    /// <summary>Messages about different channels overtake each other from here on, as the specification allows.</summary>
    /// <param name="seed">Decides which.</param>
    public void ReorderChannels(int seed)
    {
        InMemory();
        _reordering = new Random(seed);
    }

    /// <summary>Calls all trouble off, orders that have not come to pass included.</summary>
    public void Heal()
    {
        InMemory();
        _rules.Clear();
        _deaf.Clear();
        _latency.Clear();
        _reordering = null;
        _isDown = false;
        Release();
    }

    internal (MemoryLinkEnd Caller, MemoryLinkEnd Called) Open(Party caller, Party called, string callerEndPoint, string calledEndPoint)
    {
        var theirs = new MemoryLinkEnd(this, caller, called, calledEndPoint);
        var ours = new MemoryLinkEnd(this, called, caller, callerEndPoint);
        (theirs.Other, ours.Other) = (ours, theirs);
        Connections++;
        _connections.RemoveAll(static past => past.One.IsClosed && past.Other.IsClosed);
        _connections.Add((theirs, ours));
        foreach (var end in (ReadOnlySpan<MemoryLinkEnd>)[theirs, ours])
        {
            var mine = end;
            end.Self.Process.WhenKilled(() =>
            {
                // A dead process sends nothing more; what has left it arrives.
                _ = mine.DisposeAsync();
            });
        }

        _observer.Connected(caller.Name, called.Name, isConnected: true);
        return (theirs, ours);
    }

    internal void Send(MemoryLinkEnd from, byte[] bytes)
    {
        var arrives = _loop.Time.Elapsed + _latency.GetValueOrDefault(from.Self.Name);
        from.Outgoing.Add(new Parcel(Parcel.Read(bytes), bytes, arrives));
        Pump(from);
    }

    // One message for each time it is the receiver's turn: others may come between.
    internal void Pump(MemoryLinkEnd from)
    {
        if (from.IsDrained)
        {
            var other = from.Other;
            other.Self.Process.Enqueue("/link", () => Finish(from));
            return;
        }

        if (_isHeld || from.Outgoing.Count == 0 || _deaf.Contains(from.Other.Self.Name) || !from.Other.CanHear) return;
        var wait = from.Outgoing[0].NotBefore - _loop.Time.Elapsed;
        if (wait > TimeSpan.Zero)
        {
            _loop.Time.Schedule(wait, () => Pump(from));
            return;
        }

        from.Other.Self.Process.Enqueue("/link", () =>
        {
            if (!_isHeld && from.Outgoing.Count > 0 && from.Other.CanHear && from.Outgoing[0].NotBefore <= _loop.Time.Elapsed) DeliverNext(from);
            if (from.Outgoing.Count > 0) Pump(from);
        });
    }

    private void PumpAll()
    {
        foreach (var (one, other) in _connections.ToArray())
        {
            Pump(one);
            Pump(other);
        }
    }

    private void DeliverNext(MemoryLinkEnd from)
    {
        var parcel = Take(from);
        var (sender, receiver) = (from.Self.Name, from.Other.Self.Name);
        var rule = _rules.Find(rule => rule.From == sender && rule.Matches(parcel.Message) && rule.After-- <= 0);
        if (rule is not null)
        {
            Faults++;
            if (--rule.Left <= 0) _rules.Remove(rule);
        }

        switch (rule?.Effect)
        {
            case Effect.Drop:
                _observer.Lost(sender, receiver, parcel.Message, "dropped");
                return;
            case Effect.Cut:
                _observer.Lost(sender, receiver, parcel.Message, "cut");
                CutNow("the wire was cut");
                return;
            case Effect.Garble:
                _observer.Lost(sender, receiver, parcel.Message, "garbled");
                from.Other.End("a message does not authenticate");
                _ = from.Other.DisposeAsync();
                return;
        }

        _observer.Delivered(sender, receiver, parcel.Message);
        from.Other.Hear(parcel.Bytes);
        if (rule?.Effect == Effect.CutAfter) CutNow("the wire was cut");
        else if (from.IsDrained) Pump(from);
    }

    private Parcel Take(MemoryLinkEnd from)
    {
        var index = 0;
        if (_reordering is not null)
        {
            // The first of each channel may come next; what belongs to none waits for its turn.
            var heads = new List<int> { 0 };
            var now = _loop.Time.Elapsed;
            var seen = new HashSet<ChannelId?> { from.Outgoing[0].Channel };
            for (var i = 1; i < from.Outgoing.Count && from.Outgoing[i - 1].Channel is not null && from.Outgoing[i].Channel is not null; i++)
            {
                if (seen.Add(from.Outgoing[i].Channel) && from.Outgoing[i].NotBefore <= now) heads.Add(i);
            }

            index = heads[_reordering.Next(heads.Count)];
        }

        var parcel = from.Outgoing[index];
        from.Outgoing.RemoveAt(index);
        return parcel;
    }

    private void Finish(MemoryLinkEnd from)
    {
        if (!from.IsDrained) return;
        var was = !from.Other.IsClosed;
        from.Other.End("the peer closed it");
        from.End("closed");
        if (was) _observer.Connected(One, Other, isConnected: false);
    }

    private void CutNow(string reason)
    {
        var was = IsConnected;
        var cut = _connections.ToArray();
        _connections.Clear();
        foreach (var (one, other) in cut)
        {
            foreach (var end in (ReadOnlySpan<MemoryLinkEnd>)[one, other])
            {
                foreach (var parcel in end.Outgoing) _observer.Lost(end.Self.Name, end.Other.Self.Name, parcel.Message, "cut");
                end.Outgoing.Clear();
            }

            one.End(reason);
            other.End(reason);
        }

        if (was) _observer.Connected(One, Other, isConnected: false);
    }

    // The newest connection: an older one is about to be closed.
    private MemoryLinkEnd? From(string name) => _connections.Count == 0 ? null : _connections[^1].One.Self.Name == name ? _connections[^1].One : _connections[^1].Other;

    private enum Effect
    {
        Drop,
        Cut,
        CutAfter,
        Garble,
    }

    // Sockets take no orders.
    private void InMemory([CallerMemberName] string order = "")
    {
        if (_sockets is not null) throw new ScenarioException($"{order} needs links in memory: the link between {One} and {Other} is TCP, which takes no orders.");
    }

    private void Order<T>(string from, Effect effect, int count, int after, string order)
        where T : LightningMessage
    {
        InMemory(order);
        OneOfUs(from);
        _rules.Add(new Rule(from, static message => message is T, effect) { Left = count, After = after });
    }

    private void OneOfUs(string name)
    {
        if (name != One && name != Other) throw new ScenarioException($"{name} is not on the wire between {One} and {Other}.");
    }

    private sealed record Rule(string From, Func<LightningMessage, bool> Matches, Effect Effect)
    {
        public int After { get; set; }

        public int Left { get; set; }
    }
}
