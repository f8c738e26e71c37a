namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>The stack of a running script. Its users check the depth before they reach into it.</summary>
internal sealed class ScriptStack
{
    private static readonly Bytes True = new([1]);

    private readonly List<Bytes> _items;

    public ScriptStack() => _items = [];

    public ScriptStack(IEnumerable<Bytes> items) => _items = [.. items];

    public int Count => _items.Count;

    public List<Bytes> Items => _items;

    /// <summary>The item <paramref name="depth"/> below the top; 0 is the top.</summary>
    public Bytes Peek(int depth = 0) => _items[^(depth + 1)];

    public void Push(Bytes item) => _items.Add(item);

    public void Push(bool value) => _items.Add(value ? True : Bytes.Empty);

    public void Push(long number) => _items.Add(ScriptNumber.Encode(number));

    public Bytes Pop()
    {
        var item = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        return item;
    }

    public void Drop(int count) => _items.RemoveRange(_items.Count - count, count);

    /// <summary>Removes and returns the item <paramref name="depth"/> below the top.</summary>
    public Bytes Take(int depth)
    {
        var index = _items.Count - 1 - depth;
        var item = _items[index];
        _items.RemoveAt(index);
        return item;
    }

    /// <summary>Inserts below the top <paramref name="depth"/> items.</summary>
    public void Insert(int depth, Bytes item) => _items.Insert(_items.Count - depth, item);

    /// <summary>Pushes copies of <paramref name="count"/> items that end <paramref name="skip"/> below the top.</summary>
    public void Copy(int count, int skip = 0)
    {
        var start = _items.Count - count - skip;
        for (var i = 0; i < count; i++) _items.Add(_items[start + i]);
    }

    /// <summary>Moves the items from <paramref name="depth"/> below the top, <paramref name="count"/> of them upwards, to the top.</summary>
    public void MoveToTop(int depth, int count)
    {
        for (var i = 0; i < count; i++) _items.Add(Take(depth));
    }

    public static bool ToBool(Bytes item)
    {
        var bytes = item.Span;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != 0) return i != bytes.Length - 1 || bytes[i] != 0x80; // negative zero is false
        }

        return false;
    }
}
