using System.Collections.Immutable;

namespace Lightning.Bitcoin.Transactions;

/// <summary>The witness stack of one input (BIP 141), bottom first. Compares by content.</summary>
public readonly struct Witness : IEquatable<Witness>
{
    private readonly ImmutableArray<Bytes> _stack;

    /// <summary>Makes a stack of these items.</summary>
    public Witness(ImmutableArray<Bytes> stack) => _stack = stack;

    /// <summary>Makes a stack of these items, without a copy of them: the caller must not change the arrays afterwards.</summary>
    public static Witness Of(params ReadOnlySpan<byte[]> items)
    {
        var stack = ImmutableArray.CreateBuilder<Bytes>(items.Length);
        foreach (var item in items) stack.Add(Bytes.Wrap(item));
        return new Witness(stack.MoveToImmutable());
    }

    /// <summary>No items.</summary>
    public static Witness Empty => default;

    /// <summary>The items, bottom first; never a default array.</summary>
    public ImmutableArray<Bytes> Stack => _stack.IsDefault ? [] : _stack;

    /// <summary>Whether there are no items.</summary>
    public bool IsEmpty => _stack.IsDefaultOrEmpty;

    /// <summary>Serialized size in bytes, which is also its weight in weight units (BIP 144).</summary>
    public int Size
    {
        get
        {
            var stack = Stack;
            var size = VarInt.SizeOf((ulong)stack.Length);
            foreach (var item in stack) size = checked(size + VarInt.SizeOf((ulong)item.Length) + item.Length);
            return size;
        }
    }

    /// <inheritdoc/>
    public bool Equals(Witness other) => Stack.AsSpan().SequenceEqual(other.Stack.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Witness other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in Stack) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>Equality by content.</summary>
    public static bool operator ==(Witness left, Witness right) => left.Equals(right);

    /// <summary>Inequality by content.</summary>
    public static bool operator !=(Witness left, Witness right) => !left.Equals(right);
}
