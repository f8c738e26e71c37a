using System.Diagnostics.CodeAnalysis;

namespace Lightning.Routing.Gossip;

/// <summary>Remembers values, each for a while, and not more than so many: the oldest is forgotten first.</summary>
internal sealed class BoundedMemory<T>(int capacity)
    where T : notnull
{
    private readonly Dictionary<T, DateTimeOffset> _until = [];
    private readonly Queue<T> _order = new();

    /// <summary>How many are remembered.</summary>
    public int Count => _until.Count;

    /// <summary>Whether a value is remembered still.</summary>
    [SuppressMessage("Design", "MA0042", Justification = "Nothing here waits.")]
    public bool Contains(T value, DateTimeOffset now) => _until.TryGetValue(value, out var until) && now < until;

    /// <summary>Remembers a value.</summary>
    public void Add(T value, DateTimeOffset until)
    {
        if (_until.TryAdd(value, until)) _order.Enqueue(value);
        else _until[value] = until;
        if (_order.Count > capacity) _until.Remove(_order.Dequeue());
    }
}
