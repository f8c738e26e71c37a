using Lightning.Protocol.Features;
using Lightning.Protocol.Invoices;
using Lightning.Routing.Graph;

namespace Lightning.Routing.Paths;

/// <summary>
/// The network as one request sees it: the public one, the invoice's hints and blinded paths as edges of their own, our own channels, what must not be used, and what
/// other parts of the payment already take. Used again for the next request, so that its arrays are not made anew.
/// </summary>
/// <remarks>A place at or above zero is an edge of the view, one below zero is the complement of an edge that only this request knows.</remarks>
internal sealed class RequestGraph
{
    /// <summary>Bits that others use without an assignment and that ask nothing of those who pay through a node: old anchors, atomic multi-path, keysend.</summary>
    private const ulong Harmless = (1UL << 20) | (1UL << 30) | (1UL << 54);

    /// <summary>Even feature bits that nobody has assigned: a node that requires one of them cannot be used.</summary>
    private static readonly ulong Unassigned = UnassignedBits();

    private readonly Dictionary<NodeId, int> _extra = [];
    private readonly List<NodeId?> _extraIds = [];
    private readonly List<GraphEdge> _virtual = [];
    private readonly List<(ShortChannelId Name, int To, int Next, long Used, bool Excluded)> _virtualInfo = [];
    private readonly Dictionary<int, int> _virtualHead = [];
    private readonly List<(int Place, long Used, bool Excluded)> _marked = [];
    private readonly HashSet<int> _excludedNodes = [];
    private readonly List<(LocalChannel Channel, int Next)> _locals = [];
    private readonly List<int> _peers = [];
    private int[] _marks = [];
    private int[] _localHead = [];
    private int _nextExtra;

    /// <summary>The public network.</summary>
    public GraphView View { get; private set; } = GraphView.Empty;

    /// <summary>The request.</summary>
    public RouteRequest Request { get; private set; } = null!;

    /// <summary>Index of this node.</summary>
    public int Source { get; private set; }

    /// <summary>Index of the payee, or of what stands for the end of all blinded paths.</summary>
    public int Target { get; private set; }

    /// <summary>Index of the only node that may stand before the payee; -1 for any.</summary>
    public int LastHop { get; private set; }

    /// <summary>All node indexes are below this.</summary>
    public int Nodes => _nextExtra;

    /// <summary>Nodes at the other end of our own channels.</summary>
    public IReadOnlyList<int> Peers => _peers;

    /// <summary>Whether any edge of the view is marked.</summary>
    public bool HasMarks => _marked.Count > 0;

    /// <summary>Number of edges that only this request knows.</summary>
    public int VirtualCount => _virtual.Count;

    /// <summary>Begins a request.</summary>
    public void Begin(GraphView view, RouteRequest request)
    {
        foreach (var mark in _marked) _marks[mark.Place] = 0;
        foreach (var peer in _peers) _localHead[peer] = 0;
        _marked.Clear();
        _peers.Clear();
        _locals.Clear();
        _extra.Clear();
        _extraIds.Clear();
        _virtual.Clear();
        _virtualInfo.Clear();
        _virtualHead.Clear();
        _excludedNodes.Clear();
        if (_marks.Length < view.Edges.Length) _marks = new int[view.Edges.Length];
        (View, Request, _nextExtra) = (view, request, view.NodeIndexes);

        Source = NodeOf(request.Source);
        Target = request.BlindedPaths.Count > 0 ? NewNode(null) : NodeOf(request.Target);
        LastHop = request.LastHop is { } last && last != request.Source ? NodeOf(last) : -1;
        foreach (var hint in request.RouteHints) AddHint(hint);
        for (var i = 0; i < request.BlindedPaths.Count; i++) AddBlindedPath(request.BlindedPaths[i], i);
        foreach (var node in request.ExcludedNodes) _excludedNodes.Add(NodeOf(node));
        foreach (var channel in request.ExcludedChannels) Exclude(channel);
    }

    /// <summary>Says which of our own channels may be used.</summary>
    public void SetLocals(IReadOnlyList<LocalChannel> channels)
    {
        foreach (var peer in _peers) _localHead[peer] = 0;
        _peers.Clear();
        _locals.Clear();
        if (_localHead.Length < Nodes + channels.Count) Array.Resize(ref _localHead, Nodes + channels.Count + 64);
        foreach (var channel in channels)
        {
            var peer = NodeOf(channel.Peer);
            if (peer != Target && (_excludedNodes.Contains(peer) || RequiresUnknown(peer))) continue;
            if (_localHead[peer] == 0) _peers.Add(peer);
            _locals.Add((channel, _localHead[peer]));
            _localHead[peer] = _locals.Count;
        }
    }

    /// <summary>The fullest channel of ours to this node that takes the amount; null where there is none.</summary>
    public LocalChannel? LocalTo(int node, long amount)
    {
        LocalChannel? fullest = null;
        if (node >= _localHead.Length || (node == Target && LastHop >= 0)) return null;
        for (var i = _localHead[node]; i != 0; i = _locals[i - 1].Next)
        {
            var channel = _locals[i - 1].Channel;
            if (amount >= channel.HtlcMinimum.Value && amount <= channel.AvailableToSend.Value && (fullest is null || channel.IsFullerThan(fullest))) fullest = channel;
        }

        return fullest;
    }

    /// <summary>The channels of ours to a node.</summary>
    public IEnumerable<LocalChannel> LocalsTo(int node)
    {
        if (node >= _localHead.Length) yield break;
        for (var i = _localHead[node]; i != 0; i = _locals[i - 1].Next) yield return _locals[i - 1].Channel;
    }

    /// <summary>Whether a path may not go through a node.</summary>
    public bool IsClosed(int node) => node == Source || (_excludedNodes.Count > 0 && _excludedNodes.Contains(node)) || RequiresUnknown(node);

    /// <summary>The first of the edges that only this request knows into a node, as a place; 0 where there is none.</summary>
    public int FirstVirtual(int node) => _virtual.Count > 0 && _virtualHead.TryGetValue(node, out var place) ? place : 0;

    /// <summary>The next of them.</summary>
    public int NextVirtual(int place) => _virtualInfo[~place].Next;

    /// <summary>An edge.</summary>
    public GraphEdge Edge(int place) => place >= 0 ? View.Edges[place] : _virtual[~place];

    /// <summary>Where an edge ends.</summary>
    public int End(int place) => place >= 0 ? View.Entry(View.Edges[place].Direction >> 1).End(View.Edges[place].Direction) : _virtualInfo[~place].To;

    /// <summary>The channel of an edge.</summary>
    public ShortChannelId NameOf(int place) => place >= 0 ? View.Entry(View.Edges[place].Direction >> 1).ShortChannelId : _virtualInfo[~place].Name;

    /// <summary>A node's id; null for what stands for the end of the blinded paths.</summary>
    public NodeId? IdOf(int node) => node < View.NodeIndexes ? View.IdOf(node) : _extraIds[node - View.NodeIndexes];

    /// <summary>Which of the request's blinded paths an edge is; -1 where it is none.</summary>
    public int BlindedPathOf(int place) => place < 0 && Request.BlindedPaths.Count > 0 && _virtualInfo[~place].To == Target ? (int)_virtualInfo[~place].Name.Value : -1;

    /// <summary>What other parts already send over an edge; -1 where it must not be used.</summary>
    public long Used(int place)
    {
        if (place < 0) return _virtualInfo[~place].Excluded ? -1 : _virtualInfo[~place].Used;
        var mark = _marks[place];
        return mark == 0 ? 0 : _marked[mark - 1].Excluded ? -1 : _marked[mark - 1].Used;
    }

    /// <summary>Counts what a part sends, or gives it back.</summary>
    public void Use(int place, long amount)
    {
        if (place < 0)
        {
            _virtualInfo[~place] = _virtualInfo[~place] with { Used = _virtualInfo[~place].Used + amount };
            return;
        }

        ref var mark = ref Mark(place);
        mark.Used += amount;
    }

    /// <summary>Forgets what other parts send.</summary>
    public void ClearUsed()
    {
        foreach (ref var mark in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_marked)) mark.Used = 0;
        foreach (ref var info in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_virtualInfo)) info.Used = 0;
    }

    private static ulong UnassignedBits()
    {
        var bits = 0UL;
        for (var bit = 0; bit < 64; bit += 2)
        {
            if (Feature.FromBit(bit) is null) bits |= 1UL << bit;
        }

        return bits & ~Harmless;
    }

    private bool RequiresUnknown(int node) => node < View.NodeIndexes && (View.Blocks[node].Features & Unassigned) != 0;

    private ref (int Place, long Used, bool Excluded) Mark(int place)
    {
        if (_marks[place] == 0)
        {
            _marked.Add((place, 0, false));
            _marks[place] = _marked.Count;
        }

        return ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_marked)[_marks[place] - 1];
    }

    private void Exclude(DirectedChannel channel)
    {
        for (var i = 0; i < _virtual.Count; i++)
        {
            if (_virtualInfo[i].Name == channel.ShortChannelId && IdOf(_virtualInfo[i].To) == channel.To) _virtualInfo[i] = _virtualInfo[i] with { Excluded = true };
        }

        var index = View.IndexOf(channel.ShortChannelId);
        if (index < 0) return;
        var to = View.IndexOf(channel.To);
        ref readonly var entry = ref View.Entry(index);
        if (to == entry.Node2) Mark(View.PlaceOf(index * 2)).Excluded = true;
        else if (to == entry.Node1) Mark(View.PlaceOf((index * 2) + 1)).Excluded = true;
    }

    private int NodeOf(NodeId id)
    {
        var node = View.IndexOf(id);
        if (node >= 0) return node;
        if (!_extra.TryGetValue(id, out node)) _extra[id] = node = NewNode(id);
        return node;
    }

    private int NewNode(NodeId? id)
    {
        _extraIds.Add(id);
        return _nextExtra++;
    }

    private void AddHint(RouteHint hint)
    {
        for (var i = 0; i < hint.Hops.Count; i++)
        {
            var hop = hint.Hops[i];
            var edge = new GraphEdge
            {
                From = NodeOf(hop.NodeId),
                Direction = -1,
                FeeBase = (uint)Math.Clamp(hop.FeeBase.Value, 0, uint.MaxValue),
                FeeRate = hop.FeeProportionalMillionths,
                CltvDelta = hop.CltvExpiryDelta,
                HtlcMaximum = long.MaxValue,
                Capacity = long.MaxValue,
                Flags = GraphEdge.Known,
            };
            AddVirtual(edge, hop.ShortChannelId, i + 1 < hint.Hops.Count ? NodeOf(hint.Hops[i + 1].NodeId) : Target);
        }
    }

    private void AddBlindedPath(BlindedPathTerms path, int index) => AddVirtual(
        new GraphEdge
        {
            From = NodeOf(path.IntroductionNode),
            Direction = -1,
            FeeBase = (uint)Math.Clamp(path.FeeBase.Value, 0, uint.MaxValue),
            FeeRate = path.FeeProportionalMillionths,
            CltvDelta = path.CltvExpiryDelta,
            HtlcMinimum = path.HtlcMinimum.Value,
            HtlcMaximum = path.HtlcMaximum.Value,
            Capacity = long.MaxValue,
            Flags = GraphEdge.Known,
        },
        new ShortChannelId((ulong)index),
        Target);

    private void AddVirtual(GraphEdge edge, ShortChannelId name, int to)
    {
        var place = ~_virtual.Count;
        _virtual.Add(edge);
        _virtualInfo.Add((name, to, _virtualHead.GetValueOrDefault(to), 0, false));
        _virtualHead[to] = place;
    }
}
